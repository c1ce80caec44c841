using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>What agents would close further than policies say, on whatever nodes pods come to run: for those who have manifests and
/// no agent to ask. The compiler says it, of one node that has everybody.</summary>
public static class ClusterFaults
{
    private const string Node = "node";

    /// <summary>All of it.</summary>
    public static ImmutableArray<ProfileFault> Of(ClusterView cluster)
    {
        if (Enum.GetValues<Direction>().All(direction => LeavesRoom(cluster, direction)))
        {
            return [];
        }

        // Which interfaces host endpoints are does not matter here, only that each is one.
        var hosts = cluster.HostEndpoints.Values.OrderBy(host => host.Name, StringComparer.Ordinal)
            .Select((host, i) => host with { NodeName = Node, InterfaceName = $"host{i}" });
        var policy = new NodePolicy(Node);
        policy.Replace(cluster with { HostEndpoints = hosts.ToImmutableDictionary(host => host.Name) });
        foreach (var (i, pod) in cluster.Pods.Values.Where(pod => pod.IsSelectable).OrderBy(pod => pod.Name).Index())
        {
            policy.SetEndpoint(new LocalEndpoint($"pod{i}", pod.Name, pod.Uid, pod.Addresses));
        }

        policy.Compile();
        return [.. policy.Faults];
    }

    /// <summary>True when all policies together would fit, so that those of any one pod do.</summary>
    private static bool LeavesRoom(ClusterView cluster, Direction direction) => StagePlan.LeavesRoom(
        [.. cluster.Policies.Values.Where(policy => policy.Rules(direction) is not null)
            .Select(policy => policy with { Tier = cluster.TierOf(policy) })],
        new ProfileSide(direction, cluster.HostEndpoints.IsEmpty ? null : HostLayer.Local));
}
