using System.Collections.Immutable;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Kubelet;
using Routing.Agent.Lab.Plan;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Which flows to try: every pod to every port of every pod (itself too) and node, every node and the ToR to every port of
/// every pod; over both IP versions.</summary>
internal sealed record ProbePlan(
    ImmutableArray<string> Sources, ImmutableArray<string> Destinations, ImmutableArray<Probe> Probes)
{
    /// <summary>Served on every node by the lab, as kubelet serves its API there.</summary>
    public static readonly ImmutableArray<ServerPort> NodePorts =
        [new(TransportProtocol.Tcp, 10250, "kubelet"), new(TransportProtocol.Udp, 10250, "kubelet-udp")];

    /// <summary>Plans for the pods that are wired and whose addresses the API shows.</summary>
    public static ProbePlan Create(LabPlan plan, ClusterSnapshot snapshot, IEnumerable<PodSandbox> sandboxes)
    {
        var pods = sandboxes
            .Where(sandbox => snapshot.Pods.TryGetValue(sandbox.Pod, out var pod)
                && pod.Metadata.Uid == sandbox.PodUid && pod.Status?.PodIP is not null)
            .OrderBy(sandbox => sandbox.Pod)
            .Select(sandbox => new ProbeEndpoint
            {
                Name = sandbox.Pod.ToString(),
                NamespaceName = sandbox.NamespaceName,
                Pod = sandbox.Pod,
                Addresses = [.. sandbox.Addresses],
                Ports = ServerPort.Of(snapshot.Pods[sandbox.Pod]),
            }).ToList();
        var nodes = plan.Nodes.Select(node => new ProbeEndpoint
        {
            Name = node.Name,
            NamespaceName = node.Name,
            Addresses = [.. node.Addresses],
            Ports = NodePorts,
        }).ToList();
        var tor = new ProbeEndpoint
        {
            Name = LabPlan.TorName,
            NamespaceName = LabPlan.TorName,
            Addresses = [plan.Nodes[0].Uplink.TorV4, plan.Nodes[0].Uplink.TorV6],
        };

        return new ProbePlan(
            [.. pods.Concat(nodes).Append(tor).Select(end => end.Name)],
            [.. pods.Concat(nodes).Select(end => end.Name)],
            [.. Pairs(pods, pods.Concat(nodes)), .. Pairs(nodes.Append(tor), pods)]);
    }

    private static IEnumerable<Probe> Pairs(IEnumerable<ProbeEndpoint> sources, IEnumerable<ProbeEndpoint> destinations) =>
        from source in sources
        from destination in destinations
        from port in destination.Ports
        from address in destination.Addresses
        let sourceAddress = source.Addresses.FirstOrDefault(own => own.AddressFamily == address.AddressFamily)
        where sourceAddress is not null
        select new Probe(source, sourceAddress, destination, address, port);
}
