using System.Collections.Immutable;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;

namespace Routing.Agent.KubeApi;

/// <summary>BGPPeers out of their documents and their groups: a change of either is a change of the peer.</summary>
internal static class PeerFeed
{
    /// <summary>Reads the peers again whose document or group has changed; the others stay the objects they were.</summary>
    /// <param name="before">The state so far; what a peer last said properly stays in force while it is wrong.</param>
    /// <param name="next">The state with new documents or groups.</param>
    /// <returns>The state with its peers; without, until documents and groups have both been listed.</returns>
    public static ClusterState Reread(ClusterState before, ClusterState next)
    {
        if (next.PeerDocuments is not { } documents || next.PeerGroups is not { } groups)
        {
            return next;
        }

        var readable = groups.Values.Where(group => group.Value is not null)
            .ToDictionary(group => group.Name, group => group.Value!, StringComparer.Ordinal);
        var known = before.Peers ?? ImmutableSortedDictionary.Create<string, BgpObject<BgpPeer>>(StringComparer.Ordinal);
        return next with
        {
            Peers = documents.Values.ToImmutableSortedDictionary(
                document => document.Name,
                document =>
                {
                    var last = known.GetValueOrDefault(document.Name);
                    return last is not null && IsSame(before, next, document) ? last : Read(document, readable, last);
                },
                StringComparer.Ordinal),
        };
    }

    private static BgpObject<BgpPeer> Read(
        BgpDocument document, Dictionary<string, BgpPeerGroup> groups, BgpObject<BgpPeer>? last)
    {
        var value = BgpObjectReader.ReadPeer(document.Json, groups, out var problems);
        return new BgpObject<BgpPeer>(document.Name, value ?? last?.Value, problems, document.Location);
    }

    private static bool IsSame(ClusterState before, ClusterState next, BgpDocument document) =>
        ReferenceEquals(before.PeerDocuments?.GetValueOrDefault(document.Name), document)
        && ReferenceEquals(GroupOf(before, document), GroupOf(next, document));

    private static BgpObject<BgpPeerGroup>? GroupOf(ClusterState state, BgpDocument document) =>
        document.PeerGroup is { } name ? state.PeerGroups?.GetValueOrDefault(name) : null;
}
