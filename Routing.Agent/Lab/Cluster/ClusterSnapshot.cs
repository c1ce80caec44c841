using System.Collections.Immutable;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Cluster;

/// <summary>The objects the lab acts on, as its watches last saw them.</summary>
internal sealed record ClusterSnapshot
{
    public ImmutableSortedDictionary<NamespacedName, V1Pod> Pods { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1Pod>.Empty;

    public ImmutableSortedDictionary<NamespacedName, V1Namespace> Namespaces { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1Namespace>.Empty;

    /// <summary>What else policy is made from, by kind: cluster-wide policies, Calico's kinds and what these refer to.</summary>
    public ImmutableDictionary<PolicyInput, ImmutableSortedDictionary<NamespacedName, object>> Others { get; init; } =
        ImmutableDictionary<PolicyInput, ImmutableSortedDictionary<NamespacedName, object>>.Empty;

    public ImmutableSortedDictionary<NamespacedName, V1NetworkPolicy> Policies { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1NetworkPolicy>.Empty;
}
