using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour is to us, and what that makes of paths and attributes.</summary>
public sealed record PeerRelationStatus
{
    /// <summary>In another AS, and no member of our confederation.</summary>
    public bool IsExternal { get; init; }

    /// <summary>In another member AS of our confederation (RFC 5065).</summary>
    public bool IsConfederation { get; init; }

    /// <summary>The AS that it knows us by.</summary>
    public uint LocalAsn { get; init; }

    /// <summary>A client of ours as a route reflector (RFC 4456).</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>A client of ours as a route server (RFC 7947).</summary>
    public bool RouteServerClient { get; init; }

    /// <summary>What we are to it (RFC 9234); null when nobody said.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>What it says it is to us; null unless it said so and is Established.</summary>
    public PeerRole? PeerRole { get; init; }

    /// <summary>Configuration of AS numbers and paths.</summary>
    public AsPathOptions AsPath { get; init; } = new();

    /// <summary>Configuration of the other attributes.</summary>
    public AttributeOptions Attributes { get; init; } = new();

    /// <summary>AIGP goes over the session.</summary>
    public bool Aigp { get; init; }

    /// <summary>The leftmost AS of its paths must be its own.</summary>
    public bool EnforcesFirstAs { get; init; }

    /// <summary>It is told that our paths are about to go (RFC 8326).</summary>
    public bool IsDraining { get; init; }
}
