using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>A cluster's nodes, each with the ruleset compiled for it, and packets that cross them.</summary>
internal sealed class SimulatedCluster
{
    private readonly ClusterView _cluster;
    private readonly Dictionary<string, RulesetSimulator> _nodes;

    public SimulatedCluster(ClusterView cluster)
    {
        _cluster = cluster;
        _nodes = cluster.Nodes.Keys.ToDictionary(name => name, name => new RulesetSimulator(Compile(cluster, name)));
    }

    public static Ruleset Compile(ClusterView cluster, string nodeName)
    {
        var node = new NodePolicy(nodeName);
        node.Replace(cluster);
        foreach (var endpoint in Endpoints(cluster, nodeName))
        {
            node.SetEndpoint(endpoint);
        }

        return node.Compile();
    }

    public static IEnumerable<LocalEndpoint> Endpoints(ClusterView cluster, string nodeName) =>
        cluster.Pods.Values
            .Where(pod => pod.NodeName == nodeName && !pod.HostNetwork)
            .Select(pod => new LocalEndpoint(Interface(pod), pod.Name, pod.Uid, pod.Addresses));

    public static string Interface(PodView pod) => $"rt-{pod.Name.Name}";

    /// <summary>True when the packet gets from end to end; the ends are pods with interfaces, or addresses of anything else.</summary>
    public bool Passes(PodView? from, Address source, PodView? to, Address destination, Flow flow)
    {
        if (from is not null && from.Name == to?.Name)
        {
            return true; // never leaves the pod
        }

        if (from is not null)
        {
            var exit = to?.NodeName == from.NodeName ? Interface(to)
                : Node(destination) == from.NodeName ? null
                : "eth0";
            var packet = Packet(Interface(from), exit);
            if (!_nodes[from.NodeName].Passes(packet))
            {
                return false;
            }
        }

        // Into another node from outside. What a node sends itself meets no hook of ours.
        return to is null || to.NodeName == from?.NodeName || Node(source) == to.NodeName
            || _nodes[to.NodeName].Passes(Packet("eth0", Interface(to)));

        Packet Packet(string input, string? output) => new(input, output, source, destination, flow.Protocol, flow.Port)
        {
            SourcePort = flow.SourcePort, IcmpType = flow.IcmpType, IcmpCode = flow.IcmpCode,
        };
    }

    private string? Node(Address address) =>
        _cluster.Nodes.Values.FirstOrDefault(node => node.Addresses.Items.Contains(address))?.Name;
}
