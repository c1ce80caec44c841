namespace Routing.Bgp.Fsm;

/// <summary>The states of RFC 4271 §8.2.2, in the order in which a session comes up.</summary>
public enum SessionState
{
    /// <summary>Refuses connections and waits for a start.</summary>
    Idle,

    /// <summary>Waits for its TCP connection to complete.</summary>
    Connect,

    /// <summary>Listens for a TCP connection.</summary>
    Active,

    /// <summary>Has sent its OPEN and waits for the peer's.</summary>
    OpenSent,

    /// <summary>Has both OPENs and waits for a KEEPALIVE.</summary>
    OpenConfirm,

    /// <summary>Exchanges routes.</summary>
    Established,
}
