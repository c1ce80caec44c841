using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Bfd.Udp;

namespace Routing.Bgp.Bfd;

/// <summary>Owner of the <see cref="BfdEngine"/> and its sockets: one thread of its own for all sessions, so that neither a
/// busy RIB nor a thread pool without a free thread makes a packet late.</summary>
/// <remarks>
/// A turn: carry out what clients asked for, read everything that has arrived, only then see what is overdue. The last two
/// in this order, because a process that got no processor for a while finds packets in its sockets, and those say that the
/// path is well. A turn without changes of state allocates nothing. The thread and the ports begin with the first session:
/// a speaker without BFD has neither.
/// </remarks>
internal sealed partial class BfdLoop : IBfdService, IAsyncDisposable
{
    private const long LongestWait = 3_600_000_000;
    private const int RealTime = 2 | 0x40000000; // SCHED_RR, and not for what this thread starts (SCHED_RESET_ON_FORK)

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SourcePorts _sourcePorts = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<BfdLoop> _logger;
    private readonly BfdEngine _engine;

    // What clients asked for and the loop has not done yet: each subscription at most once, so it is no larger than the
    // number of peers. Two sets, swapped.
    private HashSet<BfdSubscription> _asked = [];
    private HashSet<BfdSubscription> _taken = [];
    private BfdPorts? _ports;
    private bool _isStopping;

    public BfdLoop(TimeProvider time, ILogger<BfdLoop> logger)
    {
        (_time, _logger) = (time, logger);
        _engine = new BfdEngine(
            Random.Shared.NextDouble, static () => (uint)RandomNumberGenerator.GetInt32(int.MaxValue), time);
    }

    /// <summary>Packets that were no session's: forged, stale, or of neighbours that are not configured.</summary>
    public long PacketsDiscarded => _engine.Discarded;

    private long Now => (long)_time.GetElapsedTime(0).TotalMicroseconds;

    /// <inheritdoc/>
    public IBfdSubscription Open(BfdTarget target, BfdOptions options, Action onChange)
    {
        var subscription = new BfdSubscription(this, target, options, onChange);
        Ask(subscription);
        return subscription;
    }

    /// <summary>Notes that a subscription wants something.</summary>
    public void Ask(BfdSubscription subscription)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return; // all sessions end anyway
            }

            _asked.Add(subscription);
            if (_ports is null)
            {
                _ports = new BfdPorts(LogNoPort);
                new Thread(Run) { Name = "BFD", IsBackground = true }.Start();
            }

            _ports.WakeUp();
        }
    }

    /// <summary>Tells the other ends that the sessions are taken down, which is no failure of the path, and ends; also a
    /// second time.</summary>
    public async ValueTask DisposeAsync()
    {
        BfdPorts? ports;
        lock (_gate)
        {
            ports = _isStopping ? null : _ports;
            _isStopping = true;
            ports?.WakeUp();
        }

        if (ports is not null)
        {
            await _ended.Task;
            ports.Dispose();
        }
    }

    private void Run()
    {
        // Before everything else on a busy machine: the thread sleeps nearly all the time, and what comes late is a path that is
        // taken for broken. Without CAP_SYS_NICE it runs like any other.
        _ = LibC.SetScheduler(0, RealTime, 1);
        var ports = _ports!;
        while (TryTakeAsked())
        {
            foreach (var subscription in _taken)
            {
                CarryOut(subscription, ports, Now);
            }

            _taken.Clear();
            ports.Wait(Math.Clamp(Math.Min(_engine.NextDeadline, ports.RetryAt) - Now, 0, LongestWait));
            ports.Read(_engine, Now);
            var now = Now;
            _engine.Run(now);
            if (ports.RetryAt <= now)
            {
                ports.Retry(now);
            }
        }

        _engine.DisableAll(Now);
        _ended.SetResult();
    }

    /// <returns>False when the loop is to end.</returns>
    private bool TryTakeAsked()
    {
        lock (_gate)
        {
            (_asked, _taken) = (_taken, _asked);
            return !_isStopping;
        }
    }

    private void CarryOut(BfdSubscription subscription, BfdPorts ports, long now)
    {
        var options = subscription.Options;
        if (subscription.Session is { } session)
        {
            if (subscription.IsDisposed)
            {
                _engine.Disable(session, now);
            }
            else
            {
                _engine.Change(session, BfdTiming.From(options), now, options.Authentication);
            }
        }
        else if (!subscription.IsDisposed)
        {
            var target = subscription.Target;
            ports.Need(target.Remote.AddressFamily, options.Multihop, now);
            subscription.Session = _engine.Add(
                target.Remote,
                options.Multihop,
                BfdTiming.From(options),
                new BfdUdpPath(target, options.Multihop, _sourcePorts),
                () => OnChange(subscription),
                now,
                options.Authentication);
        }
    }

    private void OnChange(BfdSubscription subscription)
    {
        if (subscription.Status is { } status && status.State != subscription.LoggedState)
        {
            subscription.LoggedState = status.State;
            LogState(status.Remote, status.State, status.Diagnostic, status.RemoteDiagnostic, status.DetectionTime);
        }

        subscription.Notify();
    }

    [LoggerMessage(
        LogLevel.Information,
        "BFD with {Peer} is {State} (our diagnostic {Diagnostic}, theirs {RemoteDiagnostic}, detection time {DetectionTime})")]
    private partial void LogState(
        IPAddress peer, BfdState state, BfdDiagnostic diagnostic, BfdDiagnostic remoteDiagnostic, TimeSpan detectionTime);

    [LoggerMessage(
        LogLevel.Error,
        "BFD cannot have UDP port {Port} of {Family}, and its sessions stay down until it can: {Reason}")]
    private partial void LogNoPort(int port, AddressFamily family, string reason);
}
