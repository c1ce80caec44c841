namespace Routing.Bgp.Fsm;

/// <summary>What the FSM asks of the session that runs it.</summary>
internal enum SessionActionKind
{
    /// <summary>Start or restart a timer.</summary>
    StartTimer,

    /// <summary>Stop a timer; it may not be running.</summary>
    StopTimer,

    /// <summary>Initiate a TCP connection.</summary>
    Connect,

    /// <summary>Close the TCP connection, or give up initiating it; what was sent before goes out first.</summary>
    DropConnection,

    SendOpen,
    SendKeepalive,

    /// <summary>Send the NOTIFICATION of the action; a <see cref="DropConnection"/> follows.</summary>
    SendNotification,

    /// <summary>Established: the RIB may have the peer.</summary>
    SessionUp,

    /// <summary>No longer Established, after a NOTIFICATION or a stop: the peer's routes go.</summary>
    SessionDown,

    /// <summary>No longer Established because TCP failed: routes may be retained (RFC 4724 §4.2).</summary>
    SessionLost,
}
