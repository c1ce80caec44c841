using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>What we and a neighbour in another AS are to each other.</summary>
public sealed record RelationOptions
{
    /// <summary>What we are to the neighbour (RFC 9234 §4.1); null to say nothing.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>The neighbour must tell its role too (RFC 9234 §4.2).</summary>
    public bool StrictRole { get; init; }

    /// <summary>We are a route server and the neighbour is a client: AS_PATH, next hop and MED pass unchanged
    /// (RFC 7947 §2.2).</summary>
    public bool RouteServerClient { get; init; }
}
