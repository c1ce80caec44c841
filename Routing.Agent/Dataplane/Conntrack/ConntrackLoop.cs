using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Ends connections that a change forbids. Rules let pass what connection tracking knows, so a new deny alone would
/// only stop what begins after it.</summary>
/// <remarks>
/// <code>
/// DataplaneLoop --OnCommitted(ruleset)--> latest --signal--> loop: what changed since the last look? list > judge > remove
/// </code>
/// It begins right after the commit, beside the dataplane's loop: neither another transaction nor a pod's ADD waits for a
/// table of connections to be read. Changes that come meanwhile are one more look, at the latest rules. A look is compared
/// with the rules of the last one that succeeded, so nothing is forgotten when the kernel refuses, and the first compares
/// with nothing: what was revoked while there was no agent ends too. The pause after a look keeps all of them below a fifth of
/// a core.
/// </remarks>
internal sealed partial class ConntrackLoop
{
    /// <summary>From so many addresses on, reading all connections once is less than asking for each.</summary>
    private const int AskedOneByOne = 4;

    /// <summary>Rest after a look, as a multiple of how long it took.</summary>
    private const int Rest = 4;

    private static readonly TimeSpan RetryLeast = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryGreatest = TimeSpan.FromSeconds(30);

    private readonly WakeSignal _wake = new();
    private readonly IConntrack _conntrack; // the loop alone uses it
    private readonly Func<IPacketWays> _ways;
    private readonly AgentMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IPardon? _pardon;
    private readonly Backoff _backoff = new(RetryLeast, RetryGreatest);
    private volatile Ruleset? _inForce;
    private volatile Ruleset? _judged;
    private int _wereOpen; // 1: rules were missing for a while

    /// <param name="conntrack">Of the node's namespace; taken over, the caller disposes of it after the loop.</param>
    /// <param name="ways">The node's own addresses and its routes, read anew for each look.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Removals at Information.</param>
    /// <param name="pardon">Whom the rules forbid to begin, but not to go on; null for nobody.</param>
    public ConntrackLoop(
        IConntrack conntrack, Func<IPacketWays> ways, AgentMetrics metrics, TimeProvider time, ILogger<ConntrackLoop> logger,
        IPardon? pardon = null) =>
        (_conntrack, _ways, _metrics, _time, _logger, _pardon) = (conntrack, ways, metrics, time, logger, pardon);

    /// <summary>The rules by which connections were judged last; null before the first time.</summary>
    public Ruleset? Judged => _judged;

    /// <summary>Takes the rules that are in force from now on; never waits. After a repair every connection is judged, for others had
    /// been in force in between; a name that stands for other addresses than before ends none.</summary>
    public void OnCommitted(CommittedRuleset committed)
    {
        var areAllJudged = _judged is { } judged && ReferenceEquals(judged, _inForce);
        _inForce = committed.Ruleset;
        if (committed.IsOfNames && !committed.IsRepair && areAllJudged)
        {
            _judged = committed.Ruleset; // should the loop look in this moment, it looks once too often
            return;
        }

        if (committed.IsRepair)
        {
            Volatile.Write(ref _wereOpen, 1);
        }

        _wake.Set();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            while (_inForce is { } ruleset && (Volatile.Read(ref _wereOpen) != 0 || !ReferenceEquals(ruleset, _judged)))
            {
                var pause = await LookAsync(ruleset, cancellationToken);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, _time, cancellationToken);
                }
            }
        }
    }

    /// <returns>How long to rest.</returns>
    private async Task<TimeSpan> LookAsync(Ruleset ruleset, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            if (Interlocked.Exchange(ref _wereOpen, 0) != 0)
            {
                _judged = null;
            }

            var scope = RevocationScope.Between(_judged, ruleset);
            if (!scope.IsEmpty)
            {
                await RemoveAsync(scope, ruleset, cancellationToken);
            }

            _judged = ruleset;
            _backoff.OnSuccess();
            return Rest * _time.GetElapsedTime(started);
        }
        catch (NetlinkException e)
        {
            var delay = _backoff.OnFailure();
            _metrics.OnConntrackFailed();
            LogFailed(e.Message, delay);
            return delay;
        }
    }

    private async Task RemoveAsync(RevocationScope scope, Ruleset ruleset, CancellationToken cancellationToken)
    {
        using var ways = _ways();
        var judge = new FlowJudge(ruleset, ways, scope.Moved);
        var forbidden = scope.Everything || scope.Moved.Count > AskedOneByOne
            ? Enum.GetValues<IpFamily>().SelectMany(family => _conntrack.List(family, judge.Forbids))
            : scope.Moved.SelectMany(address => _conntrack.List(address, judge.Forbids));
        var found = forbidden.ToList();
        if (found.Count > 0 && _pardon is not null)
        {
            var rulings = found.ToLookup(entry => judge.Judge(entry));
            found = [.. rulings[FlowRuling.Final], .. await _pardon.WithoutPardonedAsync([.. rulings[FlowRuling.OfPods]], cancellationToken)];
        }

        if (found.Count > 0)
        {
            var removed = _conntrack.Delete(found);
            _metrics.OnConnectionsRemoved(removed);
            LogRemoved(removed, found[0].Original);
        }
    }

    [LoggerMessage(LogLevel.Information,
        "Connection tracking: {Count} connections that the rules forbid by now were removed, {First} for one")]
    private partial void LogRemoved(int count, ConntrackTuple first);

    [LoggerMessage(LogLevel.Warning,
        "Connection tracking: connections that the rules forbid could not be removed, next try in {Delay}: {Reason}")]
    private partial void LogFailed(string reason, TimeSpan delay);
}
