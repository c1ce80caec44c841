using Routing.Agent.Cli;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>A back end that another takes over from when the kernel turns out to lack something that was not asked for at the start, or
/// has no more (a module was taken out).</summary>
/// <remarks>The rules of the first one stand until the whole ruleset of the other is in the kernel (<see cref="BackendSwitch"/>), and if
/// there is no other, or it is refused too, for good: then the first one takes over again, from what the other may have begun.</remarks>
internal sealed partial class BackendFallback : IRulesetApplier
{
    /// <summary>Refusals in a row that say so: one may be a race with somebody who took a set or a chain away.</summary>
    private const int Patience = 3;

    private readonly Func<IRulesetApplier> _openFirst;
    private readonly Func<string, IRulesetApplier> _openOther;
    private readonly ILogger _logger;
    private volatile IRulesetApplier _current;
    private bool _isFirst = true;
    private Ruleset? _standing; // applied last
    private Ruleset? _refused; // likewise
    private int _refusals;

    /// <param name="first">Opens the first one, which takes over from the other.</param>
    /// <param name="other">Opens the other, by why; it takes over from the first.</param>
    /// <param name="logger">That it happened.</param>
    public BackendFallback(Func<IRulesetApplier> first, Func<string, IRulesetApplier> other, ILogger<BackendFallback> logger)
    {
        (_openFirst, _openOther, _logger) = (first, other, logger);
        _current = first();
    }

    /// <inheritdoc/>
    public string Name => _current.Name;

    /// <inheritdoc/>
    public bool HoldsPackets => _current.HoldsPackets;

    /// <inheritdoc/>
    public IKernelRules OpenRules() => new CurrentRules(() => _current);

    /// <inheritdoc/>
    public string? CountingRefusal() => _current.CountingRefusal();

    /// <inheritdoc/>
    public bool IsInstalled() => _current.IsInstalled();

    /// <inheritdoc/>
    public bool Holds(Ruleset ruleset) => _current.Holds(ruleset);

    /// <inheritdoc/>
    public RulesetChange Apply(Ruleset desired)
    {
        try
        {
            var change = _current.Apply(desired);
            OnApplied(desired);
            return change;
        }
        catch (NetlinkException e) when (_isFirst && SaysUnsupported(e) && IsForGood(desired))
        {
            return Replace(e, desired);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _current.Dispose();

    /// <summary>What a kernel answers for an expression, a set type or a flag that it does not have.</summary>
    private static bool SaysUnsupported(NetlinkException e) =>
        e.Errno is Errno.NotSupported or Errno.NoSuchEntry or Errno.Invalid or Errno.ProtocolNotSupported or Errno.FamilyNotSupported;

    private bool IsForGood(Ruleset refused)
    {
        _refused = refused;
        return ++_refusals % Patience == 0;
    }

    /// <summary>What stood before is kept standing while what follows is refused: that it can be had says nothing of that.</summary>
    private void OnApplied(Ruleset applied)
    {
        if (!ReferenceEquals(applied, _standing) || ReferenceEquals(applied, _refused))
        {
            (_refused, _refusals) = (null, 0);
        }

        _standing = applied;
    }

    private RulesetChange Replace(NetlinkException reason, Ruleset desired)
    {
        var (former, other) = (_current, OpenOther(reason));
        try
        {
            var change = other.Apply(desired);
            (_current, _isFirst) = (other, false);
            LogReplaced(former.Name, other.Name, reason.Message);
            former.Dispose();
            return change;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            LogRefused(former.Name, other.Name, reason.Message, e.Message);
            other.Dispose();
            _current = _openFirst();
            former.Dispose();
            throw reason;
        }
    }

    private IRulesetApplier OpenOther(NetlinkException reason)
    {
        try
        {
            return _openOther(reason.Message);
        }
        catch (UserErrorException e)
        {
            LogNone(e.Message);
            throw reason;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Packet filter: {Former} cannot do what the policies need here, {Backend} takes over: {Reason}")]
    private partial void LogReplaced(string former, string backend, string reason);

    [LoggerMessage(LogLevel.Error,
        "Packet filter: {Former} cannot do what the policies need here ({Lack}), and {Backend} could not take over: {Reason}")]
    private partial void LogRefused(string former, string backend, string lack, string reason);

    [LoggerMessage(LogLevel.Error, "Packet filter: the kernel lacks something, and there is no other back end: {Reason}")]
    private partial void LogNone(string reason);
}
