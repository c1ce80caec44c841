using Routing.Bgp.Rib.Export;

namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour is sent beside the path, and what its attributes may make us do.</summary>
public sealed record AttributeOptions
{
    /// <summary>The next hop it is told.</summary>
    public NextHopMode NextHop { get; init; }

    /// <summary>Communities it is sent.</summary>
    public SentCommunities SendCommunities { get; init; } = SentCommunities.All;

    /// <summary>AIGP goes over the session in both directions (RFC 7311 §3.3). Null: inside the AS and the confederation,
    /// not outside.</summary>
    public bool? Aigp { get; init; }

    /// <summary>Our cost to the neighbour, which AIGP grows by when our next hop takes the place of its own.</summary>
    public uint AigpCost { get; init; } = 1;

    /// <summary>Paths with GRACEFUL_SHUTDOWN get LOCAL_PREF 0 (RFC 8326 §4.1).</summary>
    public bool HonourGracefulShutdown { get; init; } = true;

    /// <summary>Routes with BLACKHOLE are accepted though long, drop packets, and stay here (RFC 7999 §3).</summary>
    public bool HonourBlackhole { get; init; }

    /// <summary>Most attributes of one UPDATE that this speaker does not know; the routes of one with more are treated as
    /// withdrawn.</summary>
    public int MaximumUnknownAttributes { get; init; } = 16;
}
