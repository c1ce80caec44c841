using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Import;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>What the RIB has to know of a configured neighbour, up or down.</summary>
internal sealed record RibPeerConfig
{
    /// <summary>The name operators use.</summary>
    public required string Name { get; init; }

    /// <summary>What becomes of the attributes it is sent.</summary>
    public required ExportProfile ExportProfile { get; init; }

    /// <summary>What becomes of the attributes it sends.</summary>
    public ImportProfile ImportProfile { get; init; } = new();

    /// <summary>A client of ours as a route reflector.</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>Inside our AS, in another member AS of our confederation, or outside.</summary>
    public PathSourceKind Kind => ExportProfile.Kind;

    /// <summary>Most paths of a prefix to tell a peer that takes several (RFC 7911).</summary>
    public int AddPathMaximum { get; init; }

    /// <summary>Inside our AS it is told of routes kept for long even though it does not know of them (RFC 9494
    /// §4.6).</summary>
    public bool TellsLongLived { get; init; }

    /// <summary>Families that will be offered: convergence after a start waits for them.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [];

    /// <summary>A neighbour out of a range: it may never come, so nothing waits for it.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>How many prefixes it may send.</summary>
    public ImmutableArray<PrefixLimit> Limits { get; init; } = [];

    /// <summary>What is accepted.</summary>
    public RouteFilter Import { get; init; } = RouteFilter.AcceptAll;

    /// <summary>What is told.</summary>
    public RouteFilter Export { get; init; } = RouteFilter.AcceptAll;
}
