using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>Where the objects of a cluster come from: what an answer about them cites.</summary>
internal sealed class ClusterSources(
    IReadOnlyDictionary<PolicyKey, Manifest> policies, IReadOnlyDictionary<NamespacedName, Manifest> pods,
    IReadOnlyDictionary<string, Manifest> hosts)
{
    /// <summary>The object a policy was translated from; null when it is not one of the cluster's.</summary>
    public Manifest? Find(PolicyKey policy) => policies.GetValueOrDefault(policy);

    /// <summary>The object a pod was translated from: itself, or the workload whose template it is.</summary>
    public Manifest? Find(NamespacedName pod) => pods.GetValueOrDefault(pod);

    /// <summary>The object a host endpoint was translated from.</summary>
    public Manifest? FindHost(string name) => hosts.GetValueOrDefault(name);

    /// <summary>"file:line" of a policy's field; empty when the policy is the API server's.</summary>
    public string PlaceOf(PolicyKey policy, string? field) => Find(policy)?.PlaceOf(field ?? "metadata") ?? "";

    /// <summary>What a pod is one of.</summary>
    public Workload WorkloadOf(PodView pod) => Workload.Of(pod, Find(pod.Name));
}
