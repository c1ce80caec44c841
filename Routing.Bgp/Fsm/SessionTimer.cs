namespace Routing.Bgp.Fsm;

/// <summary>The timers of RFC 4271 §8; they run outside the FSM, which only starts and stops them.</summary>
internal enum SessionTimer
{
    ConnectRetry,
    Hold,
    Keepalive,
    DelayOpen,

    /// <summary>Runs while the peer takes nothing of what we send (RFC 9687).</summary>
    SendHold,

    /// <summary>Keeps a session that failed in Idle (§8.1.1, DampPeerOscillations).</summary>
    IdleHold,
}
