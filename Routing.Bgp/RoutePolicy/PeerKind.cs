namespace Routing.Bgp.RoutePolicy;

/// <summary>Kind of a peer.</summary>
public enum PeerKind
{
    /// <summary>Of another AS (eBGP).</summary>
    External,

    /// <summary>Of our AS (iBGP).</summary>
    Internal,
}
