using System.Collections.Immutable;
using Routing.Agent.Manifests;

namespace Routing.Agent.BgpConfig.Checks;

/// <summary>The objects of a file that has no errors.</summary>
/// <param name="Manifests">As they were written.</param>
/// <param name="Configuration">The BGPConfiguration.</param>
/// <param name="Peers">The neighbours, with the fields of their groups.</param>
/// <param name="Filters">The filters by name.</param>
internal sealed record SpeakerObjects(
    ImmutableArray<Manifest> Manifests,
    BgpConfiguration Configuration,
    IReadOnlyDictionary<Manifest, BgpPeer> Peers,
    IReadOnlyDictionary<string, BgpFilter> Filters)
{
    /// <summary>True for a neighbour in another AS.</summary>
    public bool IsExternal(BgpPeer peer) => peer.Asn != Configuration.Asn;

    /// <summary>The neighbours that name a filter.</summary>
    public IEnumerable<BgpPeer> UsersOf(string filter) => Peers.Values.Where(peer => peer.Filters.Contains(filter));

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<Manifest> OfKind(string kind) => Manifests.Where(manifest => manifest.Kind == kind);
}
