using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Decision;

/// <summary>What the decision process compares about the peer a path came from.</summary>
/// <param name="Kind">Ourselves, another AS or our own AS.</param>
/// <param name="Identifier">BGP Identifier, host order.</param>
/// <param name="Address">The peer's address as an integer; an IPv4 address as IPv6-mapped, so that no two peers are equal.</param>
/// <param name="IsClient">The peer is a client of ours as a route reflector; matters for export only.</param>
/// <param name="AigpCost">What we add to AIGP when our next hop takes the place of the peer's; matters for export only.</param>
/// <param name="HonoursBlackhole">Its BLACKHOLE routes drop packets (RFC 7999); matters for the sinks only.</param>
internal readonly record struct PathSource(
    PathSourceKind Kind,
    uint Identifier,
    AddressBits Address,
    bool IsClient,
    uint AigpCost = 1,
    bool HonoursBlackhole = false)
{
    /// <summary>Index of the interface that link-local next hops of the peer are on; 0 when there is none.</summary>
    public uint Scope { get; init; }

    /// <summary>The cluster the peer is a client in; 0 for the speaker's own. Matters for export only.</summary>
    public uint ClusterId { get; init; }

    /// <summary>The interface over which the peer was reached; matters for export policies only.</summary>
    public string? Interface { get; init; }
}
