namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Role Value" (RFC 9234 §4.1): what the sender of the capability is to its peer.</summary>
public enum PeerRole : byte
{
    /// <summary>Sells transit to the peer.</summary>
    Provider = 0,

    /// <summary>A route server; the peer is its client.</summary>
    RouteServer = 1,

    /// <summary>A client of the peer, which is a route server.</summary>
    RouteServerClient = 2,

    /// <summary>Buys transit from the peer.</summary>
    Customer = 3,

    /// <summary>Exchanges its own and its customers' routes with the peer.</summary>
    Peer = 4,
}
