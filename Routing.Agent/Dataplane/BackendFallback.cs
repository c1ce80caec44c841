using Routing.Agent.Cli;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>A back end that another takes over from when the kernel turns out to lack something that was not asked for at the start, or
/// has no more (a module was taken out).</summary>
/// <remarks>The rules of the first one stand until the whole ruleset of the other is in the kernel (<see cref="BackendSwitch"/>), and if
/// there is no other, for good.</remarks>
/// <param name="first">Taken over.</param>
/// <param name="next">Opens the other, by why; it takes over from the first.</param>
/// <param name="logger">That it happened.</param>
internal sealed partial class BackendFallback(
    IRulesetApplier first, Func<string, IRulesetApplier> next, ILogger<BackendFallback> logger) : IRulesetApplier
{
    /// <summary>Refusals in a row that say so: one may be a race with somebody who took a set or a chain away.</summary>
    private const int Patience = 3;

    private readonly ILogger _logger = logger;
    private readonly IRulesetApplier _first = first;
    private volatile IRulesetApplier _current = first;
    private int _refusals;

    /// <inheritdoc/>
    public string Name => _current.Name;

    /// <inheritdoc/>
    public bool HoldsPackets => _current.HoldsPackets;

    /// <inheritdoc/>
    public IKernelRules OpenRules() => _current.OpenRules();

    /// <inheritdoc/>
    public string? CountingRefusal() => _current.CountingRefusal();

    /// <inheritdoc/>
    public bool IsInstalled() => _current.IsInstalled();

    /// <inheritdoc/>
    public RulesetChange Apply(Ruleset desired)
    {
        try
        {
            var change = _current.Apply(desired);
            _refusals = 0;
            return change;
        }
        catch (NetlinkException e) when (_current == _first && SaysUnsupported(e) && ++_refusals % Patience == 0)
        {
            Replace(e);
            return _current.Apply(desired);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_current != _first)
        {
            _first.Dispose();
        }

        _current.Dispose();
    }

    /// <summary>What a kernel answers for an expression, a set type or a flag that it does not have.</summary>
    private static bool SaysUnsupported(NetlinkException e) =>
        e.Errno is Errno.NotSupported or Errno.NoSuchEntry or Errno.Invalid or Errno.ProtocolNotSupported or Errno.FamilyNotSupported;

    private void Replace(NetlinkException reason)
    {
        try
        {
            _current = next(reason.Message);
        }
        catch (UserErrorException e)
        {
            LogNone(e.Message);
            throw reason;
        }

        LogReplaced(_first.Name, _current.Name, reason.Message);
    }

    [LoggerMessage(LogLevel.Warning, "Packet filter: {Former} cannot do what the policies need here, {Backend} takes over: {Reason}")]
    private partial void LogReplaced(string former, string backend, string reason);

    [LoggerMessage(LogLevel.Error, "Packet filter: the kernel lacks something, and there is no other back end: {Reason}")]
    private partial void LogNone(string reason);
}
