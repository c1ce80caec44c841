using System.Collections.Immutable;
using Routing.Agent.Attachments;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>Tells the <see cref="DataplaneLoop"/> of the node's own interfaces and their addresses: host endpoints may name an
/// interface by those.</summary>
internal sealed partial class HostInterfaceFeed(
    IRouteNetlink netlink, DataplaneLoop loop, TimeProvider time, ILogger<HostInterfaceFeed> logger)
{
    /// <summary>A burst of events is one reading.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly WakeSignal _wake = new();
    private ImmutableArray<HostInterface> _told = [];

    /// <summary>An interface or an address came, changed or went, or events were lost.</summary>
    public void OnChange() => _wake.Set();

    /// <summary>Reads what there is and tells it at once, before the loop runs: the first transaction knows it.</summary>
    public void Restore() => loop.Restore(_told = Read(netlink));

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            try
            {
                var now = Read(netlink);
                if (!now.SequenceEqual(_told))
                {
                    await loop.OnHostInterfacesAsync(now, cancellationToken);
                    _told = now;
                }

                await Task.Delay(LeastInterval, time, cancellationToken);
            }
            catch (NetlinkException e)
            {
                LogCannotRead(e.Message, RetryDelay);
                await Task.Delay(RetryDelay, time, cancellationToken);
                _wake.Set();
            }
        }
    }

    /// <summary>The interfaces that are no pods', by name.</summary>
    public static ImmutableArray<HostInterface> Read(IRouteNetlink netlink)
    {
        var addresses = netlink.ListAddresses().ToLookup(address => address.IfIndex, address => Address.From(address.Address));
        return
        [
            .. netlink.ListLinks()
                .Where(link => !link.Name.StartsWith(AttachmentKey.InterfacePrefix, StringComparison.Ordinal))
                .OrderBy(link => link.Name, StringComparer.Ordinal)
                .Select(link => new HostInterface(link.Name, addresses[link.IfIndex].Distinct().Order().ToEquatableArray())),
        ];
    }

    [LoggerMessage(LogLevel.Warning, "Cannot read the interfaces' addresses: {Reason}; again in {Delay}")]
    private partial void LogCannotRead(string reason, TimeSpan delay);
}
