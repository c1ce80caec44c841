using System.Collections.Immutable;
using Routing.Agent.Cluster;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Fib;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Speaker;

/// <summary>Owner of the node's <see cref="BgpSpeaker"/>: starts it once the cluster's BGP objects are known, follows
/// their changes, starts another where the running one cannot change.</summary>
/// <remarks>
/// A configuration that cannot be (a node without an AS number) leaves the running one in force, with the reason in
/// <see cref="Status"/>. A port that is taken is retried. When the RIB dies the loop throws, and the process ends.
/// </remarks>
internal sealed partial class SpeakerHost
{
    private readonly WakeSignal _wake = new();
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private readonly string _node;
    private readonly FibLoop _fib;
    private readonly InteriorRouteFeed? _interior;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;

    private SpeakerConfig? _config; // the loop's; what the running speaker was told
    private bool _restarting;
    private volatile ClusterState _noted = ClusterState.Unknown;
    private volatile BgpSpeaker? _speaker;
    private volatile SpeakerStatus _status = SpeakerStatus.NotYet;

    /// <param name="node">This node's name.</param>
    /// <param name="fib">Takes the best paths. Its inherited routes say that this is a restart.</param>
    /// <param name="interior">Tells speakers how next hops are reached, or null: then all of them are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For itself and for the speaker.</param>
    public SpeakerHost(
        string node, FibLoop fib, InteriorRouteFeed? interior, TimeProvider time, ILoggerFactory loggers)
    {
        (_node, _fib, _interior, _time, _loggers) = (node, fib, interior, time, loggers);
        _logger = loggers.CreateLogger<SpeakerHost>();
        _restarting = fib.InheritedRoutes;
    }

    /// <summary>The running speaker, or null.</summary>
    public BgpSpeaker? Current => _speaker;

    /// <summary>What it was told, and what it was not.</summary>
    public SpeakerStatus Status => _status;

    /// <summary>Takes note of the cluster's state.</summary>
    public void OnCluster(ClusterState state)
    {
        _noted = state;
        _wake.Set();
    }

    /// <summary>Runs until cancelled, then leaves the neighbours in such a way that they keep our routes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var retry = _time.CreateTimer(
            _ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var woken = _wake.WaitAsync(cancellationToken).AsTask();
        try
        {
            while (true)
            {
                var died = _speaker?.Completion;
                if (await Task.WhenAny(died is null ? [woken] : [woken, died]) == died)
                {
                    await died;
                    throw new InvalidOperationException("the BGP speaker ended on its own");
                }

                await woken;
                woken = _wake.WaitAsync(cancellationToken).AsTask();
                if (await FollowAsync(_noted, cancellationToken) is { } again)
                {
                    retry.Change(again, Timeout.InfiniteTimeSpan);
                }
            }
        }
        finally
        {
            await StopSpeakerAsync();
        }
    }

    /// <returns>When to try again; null when all is as it should be.</returns>
    private async Task<TimeSpan?> FollowAsync(ClusterState state, CancellationToken cancellationToken)
    {
        if (!state.IsComplete)
        {
            return null;
        }

        var plan = SpeakerPlanner.Plan(_node, state, _restarting);
        ReportProblems(plan.Problems);
        if (plan.Config is not { } config)
        {
            return null;
        }

        try
        {
            if (_speaker is { } running && BgpSpeaker.CanReconfigure(_config!, config))
            {
                await running.ConfigureAsync(config, cancellationToken);
            }
            else
            {
                await StartAnotherAsync(config, cancellationToken);
            }
        }
        catch (IOException e)
        {
            var delay = _backoff.OnFailure();
            LogCannotListen(e.Message, delay);
            _status = _status with { Problems = [.. plan.Problems, e.Message] };
            return delay;
        }

        _backoff.OnSuccess();
        _config = config;
        _status = new SpeakerStatus(true, config.Asn, config.RouterId, config.Peers.Length, plan.Problems);
        return null;
    }

    private async Task StartAnotherAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        if (_speaker is not null)
        {
            LogReplaced();
            await StopSpeakerAsync();
            _fib.OnSpeakerRestart();
            _restarting = true; // the kernel goes on forwarding by what the last one learned
            config = config with { Restarting = true };
        }

        var speaker = new BgpSpeaker(config, [_fib], _time, _loggers);
        try
        {
            await speaker.StartAsync(cancellationToken);
        }
        catch
        {
            await speaker.DisposeAsync();
            throw;
        }

        _speaker = speaker;
        _interior?.OnSpeaker(speaker);
        LogStarted(config.Asn, config.RouterId.ToString(), config.Peers.Length, config.Restarting);
    }

    /// <summary>Leaves without a NOTIFICATION: a neighbour with graceful restart keeps our routes until the next
    /// speaker is there, and the FIB keeps what it was told. An agent that stops is nearly always one that is being
    /// upgraded; whoever drains a node moves its pods first, and then no traffic comes.</summary>
    private async Task StopSpeakerAsync()
    {
        if (_speaker is { } speaker)
        {
            _speaker = null;
            _status = _status with { IsRunning = false };
            await speaker.LeaveAsync(CancellationToken.None);
            await speaker.DisposeAsync();
        }
    }

    private void ReportProblems(ImmutableArray<string> problems)
    {
        foreach (var problem in problems.Except(_status.Problems))
        {
            LogProblem(problem);
        }

        _status = _status with { Problems = problems };
    }

    [LoggerMessage(LogLevel.Information,
        "BGP: AS {Asn}, router id {RouterId}, {Count} peers, restarting: {Restarting}")]
    private partial void LogStarted(uint asn, string routerId, int count, bool restarting);

    [LoggerMessage(LogLevel.Information,
        "BGP: this change needs another speaker; the kernel keeps its routes meanwhile")]
    private partial void LogReplaced();

    [LoggerMessage(LogLevel.Error, "BGP: {Reason}")]
    private partial void LogProblem(string reason);

    [LoggerMessage(LogLevel.Error, "BGP: {Reason}; next try in {Delay}")]
    private partial void LogCannotListen(string reason, TimeSpan delay);
}
