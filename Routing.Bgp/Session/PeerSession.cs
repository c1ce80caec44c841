using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>One peer: the owner of its state machines, timers and connections.</summary>
/// <remarks>
/// One loop. Everything comes to it as a <see cref="SessionInput"/>; every turn ends with a look at the timers. It
/// waits for nothing else, so KEEPALIVEs and hold timers do not depend on the RIB, on the socket or on other peers.
/// <para>Up to three connections: the one we make, the one the peer makes, and the Established one, which leaves its
/// slot so that a peer which has restarted unnoticed can come in again (RFC 4724 §4.2).</para>
/// <code>
///  _outgoing: Idle > Connect > OpenSent > OpenConfirm ─┐
///  _incoming:        Active  > OpenSent > OpenConfirm ─┴─► _established
/// </code>
/// </remarks>
internal sealed partial class PeerSession
{
    private readonly PeerSessionSettings _settings;
    private readonly IRibInbox _rib;
    private readonly IBgpTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerSession> _logger;
    private readonly PeerBfd? _bfd;
    private readonly Func<double> _random;

    // Full: the readers of this peer's links wait, which are its only other writers but for the rare calls of the
    // speaker and the listener. A tick that does not fit is not missed, since the loop looks at its timers on every
    // turn.
    private readonly Channel<SessionInput> _inbox = Channel.CreateBounded<SessionInput>(
        new BoundedChannelOptions(64) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly PeerCounters _counters = new();
    private readonly HashSet<Task> _closing = []; // links and attempts on their way out
    private ConnectionOptions _connection;
    private ConnectionSlot? _outgoing;
    private ConnectionSlot _incoming;
    private ConnectionSlot? _established;
    private Task _ribLane = Task.CompletedTask; // what the RIB has to hear of this peer before its next PeerUp
    private CancellationToken _aborted;
    private PeerLinkHost? _host;
    private bool _stopping;

    /// <param name="random">From 0 up to 1, for jitter.</param>
    /// <param name="bfd">The peer's BFD session; null where nobody can run one.</param>
    public PeerSession(
        PeerSessionSettings settings,
        IRibInbox rib,
        IBgpTransport transport,
        TimeProvider time,
        ILogger<PeerSession> logger,
        Func<double>? random = null,
        PeerBfd? bfd = null)
    {
        _settings = settings;
        _connection = settings.Connection;
        _rib = rib;
        _transport = transport;
        _time = time;
        _logger = logger;
        _bfd = bfd;
        _random = random ?? Random.Shared.NextDouble;
        _retention = new RouteRetention(time);
        _outgoing = settings.Passive ? null : NewSlot(passive: false);
        _incoming = NewSlot(passive: true);
        _status = new SessionStatus
        {
            Name = settings.Name,
            Address = settings.Remote.Address,
            Asn = settings.PeerAsn,
            Since = time.GetUtcNow(),
            SinceTimestamp = time.GetTimestamp(),
        };
    }

    /// <summary>What it was made with.</summary>
    public PeerSessionSettings Settings => _settings;

    private SessionEnds Ends => new(
        _settings.Name,
        _settings.PeerAsn,
        _settings.LocalAsn,
        _settings.Remote.Address,
        _status.LocalEndPoint?.Address ?? IPAddress.Any);

    /// <summary>Runs the session until <see cref="StopAsync"/> has ended it.</summary>
    /// <param name="cancellationToken">Tears everything down without a word to peer or RIB.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _aborted = cancellationToken;
        _host = new PeerLinkHost(
            _settings.Name,
            _settings.Peer,
            _inbox.Writer,
            _rib,
            _time,
            _counters,
            _settings.Taps,
            Ends,
            _logger,
            cancellationToken);
        await using var wakeUp = _time.CreateTimer(
            _ => Wake(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _bfd?.Watch(Wake);
        try
        {
            if (!_settings.IsShutDown)
            {
                StartSlots(SessionEventKind.AutomaticStart);
            }

            while (!_stopping)
            {
                CheckBfd();
                CheckLimits();
                RunTimers();
                Publish();
                Arm(wakeUp);
                await _inbox.Reader.WaitToReadAsync(cancellationToken);
                while (_inbox.Reader.TryRead(out var input))
                {
                    Handle(input);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Aborted.
        }
        finally
        {
            // After a stop there are none; after an abort, or a bug that broke the loop, nobody else would end them.
            AbortLinks();
            _inbox.Writer.Complete();
            RefuseRest();
            await Task.WhenAll([.. _closing, _ribLane]);
            Publish();
        }
    }

    /// <summary>Offers a connection that the peer made.</summary>
    /// <returns>False when the session has ended; the caller then closes the connection.</returns>
    public bool TryAccept(IBgpConnection connection) =>
        _inbox.Writer.TryWrite(new SessionInput(SessionInputKind.Accepted) { Connection = connection });

    /// <summary>Asks <see cref="RunAsync"/> to end the session and itself.</summary>
    /// <param name="notification">What the peer is told, or null to close without a word: with graceful restart the
    /// peer then keeps our routes.</param>
    public Task StopAsync(NotificationMessage? notification, CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.Stop) { Notification = notification }, cancellationToken);

    /// <summary>Ends the session and begins anew at once, as an operator asks.</summary>
    /// <param name="notification">What the peer is told.</param>
    public Task ResetAsync(NotificationMessage notification, CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.Reset) { Notification = notification }, cancellationToken);

    /// <summary>Ends the session and keeps it in Idle, where connections of the peer are refused.</summary>
    /// <param name="notification">What the peer is told.</param>
    public Task ShutdownAsync(NotificationMessage notification, CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.Shutdown) { Notification = notification }, cancellationToken);

    /// <summary>Ends a shutdown: the session comes up again.</summary>
    public Task EnableAsync(CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.Enable), cancellationToken);

    /// <summary>Asks the peer for all its routes again (RFC 2918 §4); nothing happens unless the session is Established and
    /// the peer offered to answer.</summary>
    public Task RequestRoutesAsync(CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.RequestRoutes), cancellationToken);

    /// <summary>A tick that does not fit is not missed: the loop looks at everything on every turn.</summary>
    private void Wake() => _inbox.Writer.TryWrite(new SessionInput(SessionInputKind.Tick));

    private ConnectionSlot NewSlot(bool passive) => new(
        new FsmConfig { Passive = passive, ConnectRetryTime = _settings.ConnectRetryTime }, _time, Wake);

    private IEnumerable<ConnectionSlot> Slots()
    {
        if (_established is not null)
        {
            yield return _established;
        }

        if (_outgoing is not null)
        {
            yield return _outgoing;
        }

        yield return _incoming;
    }

    private void Handle(in SessionInput input)
    {
        switch (input.Kind)
        {
            case SessionInputKind.Link:
                OnLink(input);
                break;
            case SessionInputKind.Connected:
                OnConnected(input);
                break;
            case SessionInputKind.ConnectFailed:
                OnConnectFailed(input);
                break;
            case SessionInputKind.Accepted:
                OnAccepted(input.Connection!);
                break;
            case SessionInputKind.Stop:
                StopSlots(input.Notification);
                _stopping = true;
                break;
            case SessionInputKind.Reset:
                StopSlots(input.Notification);
                StartSlots(SessionEventKind.ManualStart);
                break;
            case SessionInputKind.Shutdown:
                StopSlots(input.Notification);
                ForgetPeer();
                break;
            case SessionInputKind.Keys:
                OnKeys(input.Keys!);
                break;
            case SessionInputKind.Enable:
                StartSlots(SessionEventKind.ManualStart);
                break;
            case SessionInputKind.RequestRoutes:
                RequestRoutes();
                break;
            default:
                break; // a tick only wakes the loop
        }
    }

    /// <summary>Signs segments with other keys; a session that stands goes on.</summary>
    public Task ChangeKeysAsync(PeerKeys keys, CancellationToken cancellationToken) =>
        AskAsync(new SessionInput(SessionInputKind.Keys) { Keys = keys }, cancellationToken);

    private async Task AskAsync(SessionInput input, CancellationToken cancellationToken)
    {
        try
        {
            await _inbox.Writer.WriteAsync(input, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The session has ended.
        }
    }

    private void StartSlots(SessionEventKind kind)
    {
        Feed(_incoming, new SessionEvent(kind));
        FeedOutgoing(new SessionEvent(kind));
    }

    private void StopSlots(NotificationMessage? notification)
    {
        _limitDeadline = null;

        // Without a notification the connection just ends, as if this process had died.
        var kind = notification is null ? SessionEventKind.TcpConnectionFailed : SessionEventKind.ManualStop;
        foreach (var slot in Slots().ToList())
        {
            Feed(slot, new SessionEvent(kind, notification));
            slot.Timers.Stop(SessionTimer.IdleHold);
            slot.Timers.Stop(SessionTimer.ConnectRetry);
        }
    }

    private void AbortLinks()
    {
        foreach (var slot in Slots())
        {
            slot.Attempt?.Cancel();
            CloseLink(slot, abort: true);
        }
    }

    /// <summary>What came too late is answered, so that nobody waits for the loop or keeps a connection.</summary>
    private void RefuseRest()
    {
        while (_inbox.Reader.TryRead(out var input))
        {
            input.Handled?.TrySetResult(false);
            input.Attempt?.Dispose();
            if (input.Connection is { } connection)
            {
                _closing.Add(connection.DisposeAsync().AsTask());
            }
        }
    }
}
