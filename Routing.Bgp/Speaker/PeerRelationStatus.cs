namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour is to us.</summary>
public sealed record PeerRelationStatus
{
    /// <summary>In another AS.</summary>
    public bool IsExternal { get; init; }

    /// <summary>A client of ours as a route reflector (RFC 4456).</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>Routes of other ASes go to it with our next hop.</summary>
    public bool NextHopSelf { get; init; }
}
