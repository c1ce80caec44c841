using System.Collections.Immutable;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Owner of the <see cref="RouteTable"/>: takes best paths from the RIB and events from the kernel, and
/// applies them in batches.</summary>
/// <remarks>
/// There is no queue. The RIB's thread and the kernel's monitor only note what changed, the latest per prefix, and a
/// signal wakes the loop; so a burst costs what it changes and nobody ever waits for the kernel:
/// <code>
/// RIB thread --OnBestPaths--> noted (latest per prefix) --signal--> loop > RouteTable.Apply > rtnetlink
/// monitor    --OnKernel*----> resync due --------------------------^
/// </code>
/// </remarks>
internal sealed partial class FibLoop : IBestPathSink
{
    /// <summary>Kernel events judged one by one between two applies.</summary>
    private const int KernelEventLimit = 1024;

    private readonly Lock _lock = new();
    private readonly WakeSignal _wake = new();
    private readonly RouteTable _table;
    private readonly AgentMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Backoff _backoff;

    // Noted since the loop last looked; under _lock.
    private readonly Dictionary<Prefix, BestPathChange> _noted = [];
    private readonly List<AfiSafi> _notedConverged = [];
    private ImmutableArray<Prefix>? _notedPodCidrs;
    private bool _speakerRestarts;
    private bool _resyncDue;
    private readonly List<(RouteEntry Route, bool Deleted)> _notedKernel = [];

    private ImmutableArray<AfiSafi> _converged = []; // the loop's
    private volatile FibStatus _status;

    public FibLoop(
        IRouteNetlink netlink, INextHopResolver resolver, FibOptions options, AgentMetrics metrics, TimeProvider time,
        ILogger<FibLoop> logger)
    {
        (_metrics, _time, _logger) = (metrics, time, logger);
        _table = new RouteTable(netlink, resolver);
        _backoff = new Backoff(options.RetryLeast, options.RetryGreatest);
        InheritedRoutes = _table.Start();
        _status = new FibStatus(_table.InstalledCount, 0, [], null);
    }

    /// <summary>True when an earlier agent's routes stood in the kernel at start: forwarding state was preserved
    /// (RFC 4724 §4.1).</summary>
    public bool InheritedRoutes { get; }

    /// <summary>The state after the last apply.</summary>
    public FibStatus Status => _status;

    /// <inheritdoc/>
    public void OnBestPaths(ReadOnlySpan<BestPathChange> changes)
    {
        lock (_lock)
        {
            foreach (var change in changes)
            {
                _noted[change.Prefix] = change;
            }
        }

        _wake.Set();
    }

    /// <inheritdoc/>
    public void OnConverged(AfiSafi family)
    {
        lock (_lock)
        {
            _notedConverged.Add(family);
        }

        _wake.Set();
    }

    /// <summary>A new speaker takes the place of the one whose paths came until now; its paths come after this
    /// call.</summary>
    public void OnSpeakerRestart()
    {
        lock (_lock)
        {
            _noted.Clear();
            _notedConverged.Clear();
            _speakerRestarts = true;
        }

        _wake.Set();
    }

    /// <summary>This node's pod CIDRs.</summary>
    public void OnPodCidrs(ImmutableArray<Prefix> podCidrs)
    {
        lock (_lock)
        {
            _notedPodCidrs = podCidrs;
        }

        _wake.Set();
    }

    /// <summary>The kernel announced that a route was written or removed, perhaps by us.</summary>
    public void OnKernelRoute(RouteEntry route, bool deleted)
    {
        if (!OwnershipPolicy.Owns(route))
        {
            return;
        }

        lock (_lock)
        {
            if (_notedKernel.Count < KernelEventLimit)
            {
                _notedKernel.Add((route, deleted));
            }
            else
            {
                _resyncDue = true; // reading everything once is cheaper than judging more events
            }
        }

        _wake.Set();
    }

    /// <summary>The kernel lost events or changed a link (then routes went without an event): it must be read
    /// again.</summary>
    public void OnResyncDue()
    {
        lock (_lock)
        {
            _resyncDue = true;
        }

        _wake.Set();
    }

    /// <summary>Runs until cancelled; leaves every route in place.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var retry = _time.CreateTimer(
            _ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            var failures = ApplyNoted();
            if (failures.IsEmpty)
            {
                _backoff.OnSuccess();
                continue;
            }

            var delay = _backoff.OnFailure();
            LogApplyFailed(failures.Length, delay, failures[0].Message);
            retry.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private ImmutableArray<NetlinkException> ApplyNoted()
    {
        var resync = TakeNoted();
        RouteTableChange change;
        try
        {
            if (resync)
            {
                _table.Resync();
            }

            change = _table.Apply();
        }
        catch (NetlinkException e)
        {
            lock (_lock)
            {
                _resyncDue = true; // what the kernel holds now is not known; without a wake-up, for that is the timer's
            }

            Publish(e.Message);
            return [e];
        }

        Publish(change.Failures.IsEmpty ? null : change.Failures[0].Message);
        _metrics.OnRoutesApplied(change.Written, change.Removed, change.Failures.Length);
        if (change.Written + change.Removed > 0)
        {
            LogApplied(change.Written, change.Removed, _table.InstalledCount);
        }

        return change.Failures;
    }

    /// <summary>Hands what was noted to the table.</summary>
    /// <returns>True when the kernel must be read again.</returns>
    private bool TakeNoted()
    {
        lock (_lock)
        {
            if (_notedPodCidrs is { } podCidrs)
            {
                _table.SetPodCidrs(podCidrs);
                _notedPodCidrs = null;
            }

            if (_speakerRestarts)
            {
                _table.OnSpeakerRestart();
                _converged = [];
                _speakerRestarts = false;
            }

            foreach (var best in _noted.Values)
            {
                _table.OnBestPath(best);
            }

            _noted.Clear();
            foreach (var family in _notedConverged)
            {
                _table.OnConverged(family);
                _converged = _converged.Add(family);
                LogConverged(family);
            }

            _notedConverged.Clear();
            foreach (var (route, deleted) in _notedKernel)
            {
                if (_table.IsForeignChange(route, deleted))
                {
                    _resyncDue = true;
                    LogForeignChange(route, deleted);
                    break;
                }
            }

            _notedKernel.Clear();
            var resync = _resyncDue;
            _resyncDue = false;
            return resync;
        }
    }

    private void Publish(string? error) => _status = new FibStatus(
        _table.InstalledCount, _table.PendingCount, _converged, error);

    [LoggerMessage(LogLevel.Debug, "FIB: {Written} routes written, {Removed} removed, {Installed} installed")]
    private partial void LogApplied(int written, int removed, int installed);

    [LoggerMessage(LogLevel.Warning, "FIB: the kernel refused {Count} routes, next try in {Delay}; first: {Reason}")]
    private partial void LogApplyFailed(int count, TimeSpan delay, string reason);

    [LoggerMessage(LogLevel.Information, "FIB: {AfiSafi} converged, stale routes go")]
    private partial void LogConverged(AfiSafi afiSafi);

    [LoggerMessage(LogLevel.Information,
        "FIB: someone else changed our route {Route} (deleted: {Deleted}), reading the kernel again")]
    private partial void LogForeignChange(RouteEntry route, bool deleted);
}
