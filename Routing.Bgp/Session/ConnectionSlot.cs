using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>One run of the FSM and the connection it drives. RFC 4271 §8.2.1: while two connections to a peer collide,
/// each has a state machine of its own.</summary>
/// <param name="config">For the FSM.</param>
/// <param name="time">Clock of its timers.</param>
/// <param name="wake">Makes the session's loop look at the slot.</param>
internal sealed class ConnectionSlot(FsmConfig config, TimeProvider time, Action wake)
{
    /// <summary>Passive for the connection that the peer makes.</summary>
    public FsmConfig Config => config;

    /// <summary>True for the connection that the peer makes.</summary>
    public bool IsIncoming => config.Passive;

    public FsmState State { get; set; } = new(SessionState.Idle);

    public SessionTimers Timers { get; } = new(time);

    /// <summary>The TCP connection; null while there is none.</summary>
    public PeerLink? Link { get; set; }

    /// <summary>The attempt to connect that is under way.</summary>
    public CancellationTokenSource? Attempt { get; set; }

    /// <summary>Our OPEN of this connection.</summary>
    public LocalOpen? Local { get; set; }

    /// <summary>What the RIB has to say about its prefixes.</summary>
    public PrefixLimitInbox Limits { get; } = new(wake);

    /// <summary>What the OPENs agree on, from OpenConfirm on.</summary>
    public NegotiatedSession? Negotiated { get; set; }

    /// <summary>What is told of the session to those who monitor it, from Established on.</summary>
    public SessionTrace? Trace { get; set; }

    /// <summary>What is known of it when both OPENs are there.</summary>
    public SessionTrace NewTrace(DateTimeOffset now) => new(
        Link!.Connection.LocalEndPoint,
        Link.Connection.RemoteEndPoint.Port,
        Local!.ToMessage().ToOctets(),
        Link.ReceivedOpen,
        now);

    /// <summary>Why a session ends, as RFC 7854 §4.9 tells it.</summary>
    /// <param name="kind">What ends it.</param>
    /// <param name="sent">What the peer is told.</param>
    public SessionEnding EndingBy(SessionEventKind kind, NotificationMessage? sent) => (sent, kind) switch
    {
        ({ } notification, _) =>
            new SessionEnding(SessionEndingKind.LocalWithNotification, notification.ToOctets()),
        (_, SessionEventKind.NotificationReceived or SessionEventKind.VersionNotificationReceived) =>
            new SessionEnding(SessionEndingKind.RemoteWithNotification, Link!.ReceivedNotification),
        (_, SessionEventKind.TcpConnectionFailed) => SessionEnding.Lost,
        _ => new SessionEnding(SessionEndingKind.LocalWithoutNotification, FsmEvent: (ushort)kind),
    };
}
