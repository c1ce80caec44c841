using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Topology;

/// <summary>Joins views of the cluster into one graph.</summary>
internal static class TopologyGraphBuilder
{
    /// <param name="views">One view of all nodes and peers, or several of the same cluster; each knows the states of
    /// its own node's sessions.</param>
    public static TopologyGraph Build(IReadOnlyList<TopologyReply> views)
    {
        var nodes = views.SelectMany(view => view.Nodes).DistinctBy(node => node.Name)
            .Select(node => new TopologySite(node.Name, false, node.Asn, node.Location, $"Node {node.Name}")).ToList();
        var peers = views.SelectMany(view => view.Peers).GroupBy(peer => (peer.Node, peer.Name))
            .Select(same => same.FirstOrDefault(peer => peer.State.Length > 0) ?? same.First()).ToList();
        var routers = peers.GroupBy(KeyOf).ToDictionary(same => same.Key, same => new TopologySite(
            NameOf(same.First()), true, same.First().Asn, same.First().Location, $"BGPPeer {same.First().Name}"));
        return new TopologyGraph(
            [.. nodes.Concat(routers.Values).OrderBy(site => site.Name, StringComparer.Ordinal)],
            [.. peers.Select(peer => new TopologySession(
                    peer.Name, peer.Node, routers[KeyOf(peer)].Name, peer.Address,
                    peer.State.Length > 0 ? peer.State : TopologySession.Unknown))
                .OrderBy(session => session.Node, StringComparer.Ordinal)
                .ThenBy(session => session.Name, StringComparer.Ordinal)]);
    }

    /// <summary>BGPPeers describe sessions, not routers: those of one AS in one place are taken for one router, and
    /// without a place each address for one.</summary>
    private static (uint Asn, string Place) KeyOf(TopologyPeer peer) =>
        (peer.Asn, peer.Location.Length > 0 ? peer.Location : peer.Address);

    private static string NameOf(TopologyPeer peer) =>
        $"AS{peer.Asn} {(peer.Location.Length > 0 ? peer.Location : peer.Address)}";
}
