using Routing.Agent.Cluster;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Topology;

/// <summary>What the API server's objects say of the topology; states of sessions are added by who knows
/// them.</summary>
internal static class TopologyView
{
    /// <param name="state">The cluster.</param>
    /// <param name="stateOf">State of a node's session with a BGPPeer; null when it is not known.</param>
    public static TopologyReply Describe(ClusterState state, Func<string, string, string?> stateOf)
    {
        var reply = new TopologyReply();
        foreach (var node in state.Nodes?.Values ?? [])
        {
            reply.Nodes.Add(new TopologyNode
            {
                Name = node.Name,
                Location = node.Annotations.GetValueOrDefault(NodeAnnotations.Location) ?? "",
                Asn = AsnOf(node, state),
            });
            foreach (var peer in state.Peers?.Values ?? [])
            {
                if (peer.Value is { } value && value.AppliesTo(node.Name, node.Labels))
                {
                    reply.Peers.Add(new TopologyPeer
                    {
                        Name = peer.Name,
                        Address = value.Address?.ToString() ?? value.Config.AddressRange?.ToString()
                            ?? value.Config.Transport.Interface ?? "",
                        Asn = value.Asn,
                        Location = peer.Location,
                        Node = node.Name,
                        State = stateOf(node.Name, peer.Name) ?? "",
                    });
                }
            }
        }

        return reply;
    }

    private static uint AsnOf(NodeRecord node, ClusterState state) =>
        node.Annotations.TryGetValue(NodeAnnotations.Asn, out var text) && uint.TryParse(text, out var asn)
            ? asn : state.Configuration?.Asn ?? 0;
}
