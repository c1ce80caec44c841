using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>What the RIB has to know of a configured neighbour, up or down.</summary>
internal sealed record RibPeerConfig
{
    /// <summary>The name operators use.</summary>
    public required string Name { get; init; }

    /// <summary>eBGP.</summary>
    public required bool IsExternal { get; init; }

    /// <summary>A client of ours as a route reflector.</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>Our next hop also towards iBGP peers.</summary>
    public bool NextHopSelf { get; init; }

    /// <summary>Most paths of a prefix to tell a peer that takes several (RFC 7911).</summary>
    public int AddPathMaximum { get; init; }

    /// <summary>Families that will be offered: convergence after a start waits for them.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [];

    /// <summary>A neighbour out of a range: it may never come, so nothing waits for it.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>What is accepted.</summary>
    public RouteFilter Import { get; init; } = RouteFilter.AcceptAll;

    /// <summary>What is told.</summary>
    public RouteFilter Export { get; init; } = RouteFilter.AcceptAll;
}
