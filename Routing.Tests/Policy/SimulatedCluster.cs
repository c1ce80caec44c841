using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>A cluster's nodes, each with the ruleset compiled for it, and packets that cross them.</summary>
internal sealed class SimulatedCluster
{
    public const string Uplink = "eth0";

    private readonly ClusterView _cluster;
    private readonly Dictionary<string, RulesetSimulator> _nodes;

    /// <param name="cluster">What is compiled.</param>
    /// <param name="change">Changes each node's ruleset; null for none.</param>
    /// <param name="reports">What rules report and count.</param>
    public SimulatedCluster(ClusterView cluster, Func<Ruleset, Ruleset>? change = null, ReportOptions? reports = null)
    {
        _cluster = cluster;
        _nodes = cluster.Nodes.Keys.ToDictionary(
            name => name, name => new RulesetSimulator((change ?? (ruleset => ruleset))(Compile(cluster, name, reports))));
    }

    public static Ruleset Compile(ClusterView cluster, string nodeName, ReportOptions? reports = null) =>
        Node(cluster, nodeName, reports).Compile();

    /// <summary>What a node's agent knows, not compiled yet.</summary>
    public static NodePolicy Node(ClusterView cluster, string nodeName, ReportOptions? reports = null)
    {
        var node = new NodePolicy(nodeName, reports);
        node.Replace(cluster);
        node.SetHostInterfaces(Uplinks(cluster, nodeName));
        foreach (var endpoint in Endpoints(cluster, nodeName))
        {
            node.SetEndpoint(endpoint);
        }

        return node;
    }

    public static IEnumerable<LocalEndpoint> Endpoints(ClusterView cluster, string nodeName) =>
        cluster.Pods.Values
            .Where(pod => pod.NodeName == nodeName && !pod.HostNetwork && (!pod.IsSelectable || pod.Addresses.Items.All(address => Has(cluster, pod, address))))
            .Select(pod => new LocalEndpoint(Interface(pod), pod.Name, pod.Uid, pod.Addresses));

    /// <summary>True for the pod that has the address, of those that show it.</summary>
    public static bool Has(ClusterView cluster, PodView pod, Address address) => cluster.OwnerOf(address)?.Name == pod.Name;

    /// <summary>A node's one link.</summary>
    public static IEnumerable<HostInterface> Uplinks(ClusterView cluster, string nodeName) =>
        cluster.Nodes.TryGetValue(nodeName, out var node) ? [new HostInterface(Uplink, node.Addresses)] : [];

    public static string Interface(PodView pod) => $"rt-{pod.Name.Name}";

    /// <summary>True when the packet gets from end to end; the ends are pods with interfaces, or addresses of anything else.</summary>
    public bool Passes(PodView? from, Address source, PodView? to, Address destination, Flow flow)
    {
        if (from is not null && from.Name == to?.Name)
        {
            return true; // never leaves the pod
        }

        var (leaves, arrives) = (from?.NodeName ?? Node(source), to?.NodeName ?? Node(destination));
        if (leaves is not null && leaves == arrives)
        {
            // What a node has with itself or sends to its pods is on none of its links.
            return from is null || _nodes[leaves].Passes(Packet(Interface(from), to is null ? null : Interface(to)));
        }

        return (leaves is null || _nodes[leaves].Passes(Packet(from is null ? null : Interface(from), Uplink)))
            && (arrives is null || _nodes[arrives].Passes(Packet(Uplink, to is null ? null : Interface(to))));

        Packet Packet(string? input, string? output) => new(input, output, source, destination, flow.Protocol, flow.Port)
        {
            SourcePort = flow.SourcePort, IcmpType = flow.IcmpType, IcmpCode = flow.IcmpCode,
        };
    }

    private string? Node(Address address) =>
        _cluster.Nodes.Values.FirstOrDefault(node => node.Addresses.Items.Contains(address))?.Name;
}
