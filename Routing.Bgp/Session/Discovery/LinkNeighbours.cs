using System.Net;
using Microsoft.Extensions.Logging;

namespace Routing.Bgp.Session.Discovery;

/// <summary>Finds the router at the other end of an interface: says that we are here, and hears who else is.</summary>
/// <remarks>A solicitation at the start is answered at once, so two speakers find each other as soon as both are there;
/// advertisements follow at an interval. Whoever sends either with a link-local address is on the link: such a source passes
/// no router (RFC 4291 §2.5.6). While the interface is away, opening it is tried again.</remarks>
internal sealed partial class LinkNeighbours(
    string interfaceName, ILinkTransport transport, Action<IPAddress> found, TimeProvider time, ILogger logger)
{
    /// <summary>ff02::1.</summary>
    public static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>ff02::2.</summary>
    public static readonly IPAddress AllRouters = IPAddress.Parse("ff02::2");

    /// <summary>Between advertisements, and before an interface that is away is looked at again.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Not before this has an answer to a solicitation company (RFC 4861 §6.2.6,
    /// MIN_DELAY_BETWEEN_RAS is 3 s; a link between two routers bears more).</summary>
    private static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(500);

    private string? _told;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var socket = transport.Open(interfaceName);
                _told = null;
                await ServeAsync(socket, cancellationToken);
            }
            catch (IOException exception)
            {
                // Once for each reason: an interface may be away for days.
                if (_told != exception.Message)
                {
                    _told = exception.Message;
                    LogAway(exception.Message);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(ILinkSocket socket, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(socket, either.Token);
        var sending = AdvertiseAsync(socket, either.Token);
        try
        {
            await await Task.WhenAny(receiving, sending);
        }
        finally
        {
            await either.CancelAsync();
            await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AdvertiseAsync(ILinkSocket socket, CancellationToken cancellationToken)
    {
        await socket.SendAsync(RouterMessage.EncodeSolicitation(), AllRouters, cancellationToken);
        while (true)
        {
            await AdvertiseOnceAsync(socket, cancellationToken);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task ReceiveAsync(ILinkSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[1500];
        long? answered = null;
        while (true)
        {
            var (length, from) = await socket.ReceiveAsync(buffer, cancellationToken);
            if (!from.IsIPv6LinkLocal || !RouterMessage.TryRead(buffer.AsSpan(0, length), out var type))
            {
                continue;
            }

            found(from);
            if (type == RouterMessage.Solicitation && (answered is null || time.GetElapsedTime(answered.Value) >= LeastGap))
            {
                answered = time.GetTimestamp();
                await AdvertiseOnceAsync(socket, cancellationToken);
            }
        }
    }

    // No default router for hosts: a lifetime of zero.
    private static Task AdvertiseOnceAsync(ILinkSocket socket, CancellationToken cancellationToken) =>
        socket.SendAsync(RouterMessage.EncodeAdvertisement(lifetimeSeconds: 0), AllNodes, cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "unnumbered: {Reason}; waiting for it")]
    private partial void LogAway(string reason);
}
