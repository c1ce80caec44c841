using System.Collections.Immutable;
using Routing.Bgp.Rib.Export;

namespace Routing.Bgp.Rib.Views;

/// <summary>Whether a peer is told one path of a prefix.</summary>
/// <param name="From">Name of the peer whose path it is; null for a route of our own.</param>
/// <param name="PathId">That peer's identifier of it (RFC 7911); 0 when it sends none.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Verdict">What the export rules say of the path; <see cref="ExportVerdict.Exported"/> where they were not
/// asked.</param>
/// <param name="Sent">The route as it was sent, with our identifier where the peer takes several; null unless
/// <see cref="AdvertisementState.Advertised"/>.</param>
public sealed record ExplainedPathAdvertisement(
    string? From, uint PathId, AdvertisementState State, ExportVerdict Verdict, PathStatus? Sent)
{
    /// <summary>The rules of the export filters that matched, the deciding one last.</summary>
    public ImmutableArray<PolicyStepStatus> Policy { get; init; } = [];
}
