namespace Routing.Bgp.Fsm;

/// <summary>The events of RFC 4271 §8.1; the values are the RFC's event numbers. Events 4 to 7 are 1, 3 and 13 with
/// <see cref="FsmConfig.Passive"/> set.</summary>
internal enum SessionEventKind : byte
{
    /// <summary>Event 1.</summary>
    ManualStart = 1,

    /// <summary>Event 2.</summary>
    ManualStop = 2,

    /// <summary>Event 3.</summary>
    AutomaticStart = 3,

    /// <summary>Event 8.</summary>
    AutomaticStop = 8,

    /// <summary>Event 9, ConnectRetryTimer_Expires.</summary>
    ConnectRetryTimerExpired = 9,

    /// <summary>Event 10, HoldTimer_Expires.</summary>
    HoldTimerExpired = 10,

    /// <summary>Event 11, KeepaliveTimer_Expires.</summary>
    KeepaliveTimerExpired = 11,

    /// <summary>Event 12, DelayOpenTimer_Expires.</summary>
    DelayOpenTimerExpired = 12,

    /// <summary>Event 13, IdleHoldTimer_Expires.</summary>
    IdleHoldTimerExpired = 13,

    /// <summary>Event 16, Tcp_CR_Acked: our connection stands.</summary>
    TcpConnectionAcknowledged = 16,

    /// <summary>Event 17, TcpConnectionConfirmed: the peer's connection stands.</summary>
    TcpConnectionConfirmed = 17,

    /// <summary>Event 18, TcpConnectionFails.</summary>
    TcpConnectionFailed = 18,

    /// <summary>Event 19, BGPOpen; Event 20 when the DelayOpenTimer runs.</summary>
    OpenReceived = 19,

    /// <summary>Event 21, BGPHeaderErr.</summary>
    HeaderError = 21,

    /// <summary>Event 22, BGPOpenMsgErr.</summary>
    OpenError = 22,

    /// <summary>Event 23, OpenCollisionDump.</summary>
    CollisionDump = 23,

    /// <summary>Event 24, NotifMsgVerErr.</summary>
    VersionNotificationReceived = 24,

    /// <summary>Event 25, NotifMsg.</summary>
    NotificationReceived = 25,

    /// <summary>Event 26, KeepAliveMsg.</summary>
    KeepaliveReceived = 26,

    /// <summary>Event 27, UpdateMsg; ROUTE-REFRESH counts as one.</summary>
    UpdateReceived = 27,

    /// <summary>Event 28, UpdateMsgErr.</summary>
    UpdateError = 28,

    /// <summary>Event 29, SendHoldTimer_Expires (RFC 9687).</summary>
    SendHoldTimerExpired = 29,
}
