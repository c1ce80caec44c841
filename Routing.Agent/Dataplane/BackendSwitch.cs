using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>A back end that takes over from others.</summary>
/// <remarks>Order: the former back end's rules stay in force until this one's whole ruleset is in the kernel, and go after
/// that. In between a packet has to pass both. So no moment is open, and none is closed beyond what the former rules were:
/// the closed base ruleset goes in only where neither stands. An agent that is killed on the way begins again, and finds
/// both.</remarks>
internal sealed partial class BackendSwitch(
    IRulesetApplier current, IEnumerable<IFormerBackend> former, ILogger<BackendSwitch> logger) : IRulesetApplier
{
    private readonly List<IFormerBackend> _former = [.. former];
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    public string Name => current.Name;

    /// <inheritdoc/>
    public IKernelRules OpenRules() => current.OpenRules();

    /// <inheritdoc/>
    public bool HoldsPackets => current.HoldsPackets;

    /// <inheritdoc/>
    public string? CountingRefusal() => current.CountingRefusal();

    /// <inheritdoc/>
    public bool IsInstalled() => current.IsInstalled() || _former.Any(backend => backend.IsInForce());

    /// <inheritdoc/>
    public bool Holds(Ruleset ruleset) => current.Holds(ruleset) && !_former.Exists(backend => backend.IsInForce());

    /// <inheritdoc/>
    public RulesetChange Apply(Ruleset desired)
    {
        var change = current.Apply(desired);
        _former.RemoveAll(IsGone);
        return change;
    }

    /// <inheritdoc/>
    public void Dispose() => current.Dispose();

    private bool IsGone(IFormerBackend backend)
    {
        try
        {
            if (backend.Remove())
            {
                LogRemoved(backend.Name);
            }

            return true;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            LogNotRemoved(backend.Name, e.Message); // with the next apply
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Packet filter: the rules that {Backend} held are replaced and removed")]
    private partial void LogRemoved(string backend);

    [LoggerMessage(LogLevel.Warning, "Packet filter: the rules that {Backend} held are replaced but still there: {Reason}")]
    private partial void LogNotRemoved(string backend, string reason);
}
