namespace Routing.Bgp.Fsm;

/// <summary>Which of two connections to the same peer goes (RFC 4271 §6.8).</summary>
internal static class Collision
{
    /// <summary>True when, of two connections of which none is Established, the one that we initiated stays: the
    /// speaker with the higher BGP Identifier keeps its own. Equal identifiers (possible between ASes) are told apart
    /// by the AS number (RFC 6286 §2.3).</summary>
    /// <remarks>The RFC words it as "close the one that exists" or "close the new one"; with one connection in each
    /// direction this is the same.</remarks>
    public static bool KeepsOurs(uint localIdentifier, uint localAsn, uint peerIdentifier, uint peerAsn) =>
        localIdentifier != peerIdentifier ? localIdentifier > peerIdentifier : localAsn > peerAsn;

    /// <summary>True when a connection on which the peer has just sent its OPEN replaces the Established one.</summary>
    /// <param name="gracefulRestart">The peer announced graceful restart with a family: its new connection means that
    /// it has restarted without our seeing the old one end (RFC 4724 §4.2). Without it the Established session
    /// stays.</param>
    /// <param name="newIsOlder">The new connection was made before the session reached Established, or within
    /// <see cref="CollisionWindow"/> after: two attempts that crossed, and no restart.</param>
    /// <remarks>RFC 4724 §5 replaces the session as soon as TCP connects. We wait for the OPEN, so that an attempt
    /// which its maker has already given up does not end the session that made it give up.</remarks>
    public static bool ReplacesEstablished(bool gracefulRestart, bool newIsOlder) => gracefulRestart && !newIsOlder;

    /// <summary>How long after Established a connection may still be the other half of a collision: long enough for
    /// both sides' accept queues, short beside a restart.</summary>
    public static TimeSpan CollisionWindow { get; } = TimeSpan.FromSeconds(1);
}
