using System.Collections.Immutable;
using Routing.Bgp.Rib.Export;

namespace Routing.Bgp.Rib.Views;

/// <summary>Whether a peer is told a prefix.</summary>
/// <param name="Peer">The peer's name.</param>
/// <param name="State">Where it stands; of a peer that takes several paths (RFC 7911), with the best of those it is told, or
/// else with the best path.</param>
/// <param name="Verdict">What the export rules say of that path; <see cref="ExportVerdict.Exported"/> where they were
/// not asked.</param>
/// <param name="Sent">The route as it was sent; null unless <see cref="AdvertisementState.Advertised"/>.</param>
public sealed record ExplainedAdvertisement(
    string Peer, AdvertisementState State, ExportVerdict Verdict, PathStatus? Sent)
{
    /// <summary>The rules of the export filters that matched, the deciding one last.</summary>
    public ImmutableArray<PolicyStepStatus> Policy { get; init; } = [];

    /// <summary>Each path that may be chosen, the best first, of a peer that takes several; empty for the others.</summary>
    public ImmutableArray<ExplainedPathAdvertisement> Paths { get; init; } = [];
}
