using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Why a prefix is as it is: every path, who won and why, and who was told.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="DecidedBy">The step that left the best path alone; null when no path may be chosen.</param>
/// <param name="Paths">The best first, then as the decision process ranks them, those it may not choose last.</param>
/// <param name="Advertisements">One for each peer, by name.</param>
public sealed record RouteExplanation(
    Prefix Prefix,
    DecisionStep? DecidedBy,
    ImmutableArray<ExplainedPath> Paths,
    ImmutableArray<ExplainedAdvertisement> Advertisements);
