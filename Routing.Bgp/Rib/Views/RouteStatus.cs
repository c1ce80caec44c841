using System.Collections.Immutable;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>A prefix and its paths.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="Paths">Best first, when there is one; then as the decision process ranks them.</param>
public sealed record RouteStatus(Prefix Prefix, ImmutableArray<PathStatus> Paths)
{
    /// <summary>The best path, or null when none is a candidate.</summary>
    public PathStatus? Best => Paths.IsEmpty || !Paths[0].IsBest ? null : Paths[0];
}
