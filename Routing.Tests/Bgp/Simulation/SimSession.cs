using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Updates;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>One end of a session, run on virtual time: the real framer, codec, FSM, negotiation and intake; in the place of
/// sockets, timers and tasks, a pipe and the scheduler.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A framer is disposed of with its connection.")]
internal sealed class SimSession(
    SimScheduler scheduler, SimSpeaker owner, SimLink link, SimSpeaker peer, PeerIndex index, SimRole role, bool listens)
{
    private readonly Dictionary<SessionTimer, int> _timers = []; // a timer that was started again or stopped has another number
    private readonly FsmConfig _config = new()
    {
        Passive = listens,
        ConnectRetryTime = TimeSpan.FromSeconds(5),
    };

    private FsmState _state = new(SessionState.Idle);
    private MessageFramer? _framer; // one a connection
    private SimConnection? _connection;
    private SimOutput? _output;
    private UpdateIntake? _intake;
    private ReceivedEnds _ends = new();
    private LocalOpen? _local;
    private NegotiatedSession? _negotiated;
    private int _refused;
    private int _attempts;
    private int _establishedCount;
    private SimRetention? _retention;

    public SimSpeaker Owner => owner;

    public SimSpeaker Peer => peer;

    public PeerIndex Index => index;

    public SimRole Role => role;

    public bool IsExternal => owner.Asn != peer.Asn;

    public SimSession Other => link.Other(this);

    public bool IsEstablished => _state.State == SessionState.Established;

    /// <summary>Until then nothing is read: a slow reader.</summary>
    public TimeSpan BusyUntil { get; set; }

    /// <summary>What the peer has told us in this session.</summary>
    public SimHearing Hearing { get; private set; } = new(hasPathIds: false);

    /// <summary>Most paths of a prefix that we tell the peer (RFC 7911); 0 for the best one without an identifier.</summary>
    public int MostPaths => link.MostPaths;

    /// <summary>Refreshes that the peer has ended (RFC 7313).</summary>
    public int Refreshes { get; private set; }

    /// <summary>How often the peer's routes were kept past its restart time (RFC 9494).</summary>
    public int KeptForLong => Retention.KeptForLong;

    private SimRetention Retention => _retention ??= new SimRetention(scheduler, owner, this);

    /// <summary>Writes that the output refused, over all sessions.</summary>
    public int Refused => _refused + (_output?.Refused ?? 0);

    public void Start() => Feed(new SessionEvent(SessionEventKind.AutomaticStart));

    /// <summary>The process dies; the kernel closes its connections.</summary>
    public void Die()
    {
        _connection?.Close(this);
        Forget();
        _timers.Clear();
        _attempts++;
        _establishedCount = 0;
        Retention.Die();
        _state = new FsmState(SessionState.Idle);
    }

    /// <summary>An operator wants the peer's routes again (RFC 2918).</summary>
    public void AskForRoutes(AfiSafi family)
    {
        if (IsEstablished)
        {
            var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
            new RouteRefreshMessage(family).Encode(ref writer);
            _connection?.From(this).Write(writer.Written);
        }
    }

    /// <summary>What the listening end says to an attempt. One that still holds a connection that is dead takes the attempt as
    /// the news, and the next one.</summary>
    public bool CanAccept()
    {
        if (owner.IsRunning && _state.State is not (SessionState.Active or SessionState.Idle))
        {
            Feed(new SessionEvent(SessionEventKind.TcpConnectionFailed));
        }

        return owner.IsRunning && _state.State == SessionState.Active;
    }

    public void OnAccepted(SimConnection connection) => Attach(connection, SessionEventKind.TcpConnectionConfirmed);

    /// <returns>False when the attempt has been given up.</returns>
    public bool OnConnected(int attempt, SimConnection connection)
    {
        if (attempt != _attempts)
        {
            return false;
        }

        Attach(connection, SessionEventKind.TcpConnectionAcknowledged);
        return true;
    }

    public void OnConnectFailed(int attempt)
    {
        if (attempt == _attempts)
        {
            Feed(new SessionEvent(SessionEventKind.TcpConnectionFailed));
        }
    }

    public void OnConnectionLost(SimPipe pipe)
    {
        if (_connection?.To(this) == pipe)
        {
            Feed(new SessionEvent(SessionEventKind.TcpConnectionFailed));
        }
    }

    public void OnRoom(SimPipe pipe)
    {
        if (_connection?.From(this) == pipe && _output is { } output && output.TakeReady())
        {
            owner.Rib.Sessions.OutputReady(index);
            owner.Wake();
        }
    }

    public void OnOctets(SimPipe pipe, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && _connection?.To(this) == pipe)
        {
            var framer = _framer!;
            var room = framer.GetMemory().Span;
            var count = Math.Min(room.Length, octets.Length);
            octets[..count].CopyTo(room);
            framer.Advance(count);
            octets = octets[count..];
            while (_connection?.To(this) == pipe
                && framer.Read(out var type, out var body, out var error) is var status and not FrameStatus.Incomplete)
            {
                Assert.That(status, Is.EqualTo(FrameStatus.Message), error?.Reason);
                OnMessage(type, body);
            }
        }

        Flush();
    }

    private void OnMessage(MessageType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case MessageType.Open:
                OnOpen(body);
                break;
            case MessageType.Keepalive:
                Feed(new SessionEvent(SessionEventKind.KeepaliveReceived));
                break;
            case MessageType.Notification:
                Flush();
                Feed(new SessionEvent(SessionEventKind.NotificationReceived));
                break;
            case MessageType.Update:
                OnUpdate(body);
                Feed(new SessionEvent(SessionEventKind.UpdateReceived));
                break;
            case MessageType.RouteRefresh:
                OnRefresh(body);
                break;
            default:
                Assert.Fail($"nobody sent a {type}");
                break;
        }
    }

    private void OnOpen(ReadOnlySpan<byte> body)
    {
        Assert.That(OpenMessage.TryDecode(body, out var open, out var error), error?.Reason);
        Assert.That(
            OpenNegotiation.TryNegotiate(_local!, peer.Asn, open!, out _negotiated, out var refused), refused?.Reason);
        Feed(new SessionEvent(SessionEventKind.OpenReceived, HoldTime: _negotiated!.HoldTime));
    }

    private void OnUpdate(ReadOnlySpan<byte> body)
    {
        var outcome = _intake!.Add(body, out var error);
        Assert.That(outcome, Is.EqualTo(UpdateOutcome.Accept), error?.Reason);
        if (_intake.IsFull)
        {
            Flush();
        }

        Hearing.Take(body);
    }

    /// <summary>As the reader of a real session does: a wish goes to the RIB behind the routes before it, marks go with
    /// the routes.</summary>
    private void OnRefresh(ReadOnlySpan<byte> body)
    {
        Assert.That(RouteRefreshMessage.TryDecode(body, out var message, out var error), error?.Reason);
        switch (message!.Subtype)
        {
            case RouteRefreshSubtype.Begin:
                _intake!.AddMark(UpdateEntryKind.BeginOfRefresh, message.Family);
                break;
            case RouteRefreshSubtype.End:
                _intake!.AddMark(UpdateEntryKind.EndOfRefresh, message.Family);
                Refreshes++;
                break;
            default:
                Flush();
                owner.Rib.Sessions.RouteRefresh(index, message);
                owner.Wake();
                break;
        }
    }

    private void Flush()
    {
        if (_intake is { HasEntries: true })
        {
            owner.Rib.Updates.Take(_intake.TakeBatch());
            owner.Wake();
        }
    }

    private void Attach(SimConnection connection, SessionEventKind kind)
    {
        _connection = connection;
        _framer = new MessageFramer();
        Feed(new SessionEvent(kind));
    }

    private void Feed(SessionEvent @event)
    {
        var step = SessionFsm.Step(_state, @event, _config);
        _state = step.Next;
        foreach (var action in step.Actions)
        {
            Carry(action);
        }
    }

    private void Carry(in SessionAction action)
    {
        switch (action.Kind)
        {
            case SessionActionKind.StartTimer:
                StartTimer(action.Timer, action.Duration);
                break;
            case SessionActionKind.StopTimer:
                _timers.Remove(action.Timer);
                break;
            case SessionActionKind.Connect:
                link.Connect(++_attempts);
                break;
            case SessionActionKind.DropConnection:
                _attempts++;
                _connection?.Close(this);
                Forget();
                break;
            case SessionActionKind.SendOpen:
                _local = MakeOpen();
                SendOpen(_local.ToMessage());
                break;
            case SessionActionKind.SendKeepalive:
                SendKeepalive();
                break;
            case SessionActionKind.SendNotification:
                SendNotification(action.Notification!);
                break;
            case SessionActionKind.SessionUp:
                OnUp(_negotiated!);
                break;
            case SessionActionKind.SessionDown:
                OnDown(retain: false);
                break;
            case SessionActionKind.SessionLost:
                OnDown(retain: true);
                break;
        }
    }

    private void StartTimer(SessionTimer timer, TimeSpan duration)
    {
        if (timer == SessionTimer.SendHold)
        {
            return; // readers here are slow for less than its eight minutes
        }

        if (timer == SessionTimer.IdleHold)
        {
            duration = IdleHoldBackoff.Next(_state.ConnectRetryCounter, _config.ConnectRetryTime, scheduler.Random.NextDouble());
        }

        var number = scheduler.Random.Next();
        _timers[timer] = number;
        scheduler.After(duration, () =>
        {
            if (_timers.TryGetValue(timer, out var current) && current == number)
            {
                _timers.Remove(timer);
                OnTimer(timer);
            }
        });
    }

    private void OnTimer(SessionTimer timer)
    {
        if (timer == SessionTimer.Hold && _connection is { } connection && connection.To(this).Octets > 0)
        {
            StartTimer(timer, _negotiated?.HoldTime ?? _config.OpenHoldTime); // unread octets are not the peer's silence
            return;
        }

        Feed(new SessionEvent(timer switch
        {
            SessionTimer.ConnectRetry => SessionEventKind.ConnectRetryTimerExpired,
            SessionTimer.Hold => SessionEventKind.HoldTimerExpired,
            SessionTimer.Keepalive => SessionEventKind.KeepaliveTimerExpired,
            SessionTimer.IdleHold => SessionEventKind.IdleHoldTimerExpired,
            _ => throw new ArgumentOutOfRangeException(nameof(timer), timer, "not a timer of these sessions"),
        }));
    }

    private LocalOpen MakeOpen() => new()
    {
        Asn = owner.Asn,
        BgpIdentifier = owner.RouterId,
        HoldTime = TimeSpan.FromSeconds(90),
        Families = SimSpeaker.Families,
        RestartTime = TimeSpan.FromSeconds(30),
        RestartState = owner.IsRestarting && _establishedCount == 0,
        ForwardingPreserved = owner.IsRestarting || _establishedCount > 0,
        LongLivedStaleTime = owner.LongLivedStaleTime,
        AddPath = MostPaths > 0 ? AddPathMode.Receive | AddPathMode.Send : AddPathMode.None,
    };

    private void OnUp(NegotiatedSession negotiated)
    {
        _establishedCount++;
        Hearing = new SimHearing(hasPathIds: !negotiated.ReceivesPathIds.IsEmpty);
        _output = new SimOutput(_connection!.From(this));
        _ends = new ReceivedEnds();
        _intake = new UpdateIntake(
            index, new UpdateContext(negotiated.Families, negotiated.IsExternal, negotiated.FourOctetAsn, negotiated.ReceivesPathIds), _ends);
        var restart = negotiated.PeerCapabilities.OfType<GracefulRestartCapability>().LastOrDefault();
        owner.Rib.Sessions.PeerUp(new PeerUp
        {
            Peer = index,
            Output = _output,
            PeerAsn = negotiated.PeerAsn,
            PeerIdentifier = negotiated.PeerIdentifier,
            PeerAddress = peer.IPv4,
            LocalAddress = owner.IPv4,
            LocalAddressOfOtherFamily = owner.IPv6,
            Families = negotiated.Families,
            ForwardingPreserved = negotiated.ForwardingPreserved,
            LongLivedPreserved = negotiated.LongLivedPreserved,
            NotificationRestart = negotiated.NotificationRestart,
            KeepsLongLived = negotiated.LongLivedRestart is not null,
            EnhancedRefresh = negotiated.EnhancedRefresh,
            ReceivesPathIds = negotiated.ReceivesPathIds,
            SendsPathIds = negotiated.SendsPathIds,
            FourOctetAsn = negotiated.FourOctetAsn,
            Restarting = restart is { RestartState: true },
            SendsEndOfRib = restart is not null,
        });
        Retention.PeerReturned();
        owner.Wake();
    }

    private void OnDown(bool retain)
    {
        Flush();
        _intake = null;
        _refused += _output?.Refused ?? 0;
        _output = null;
        ImmutableArray<AfiSafi> kept = retain ? _negotiated!.RetainedFamilies : [];
        owner.Rib.Sessions.PeerDown(index, kept);
        Retention.PeerLeft(kept, _negotiated!, _ends);
        owner.Wake();
    }

    private void Forget()
    {
        _connection = null;
        _intake = null;
        _output = null;
        _framer?.Dispose();
        _framer = null;
    }

    private void SendOpen(OpenMessage open)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        open.Encode(ref writer);
        _connection?.From(this).Write(writer.Written);
    }

    private void SendKeepalive()
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.Length]);
        KeepaliveMessage.Encode(ref writer);
        _connection?.From(this).Write(writer.Written);
    }

    private void SendNotification(NotificationMessage notification)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        notification.Encode(ref writer);
        _connection?.From(this).Write(writer.Written);
    }
}
