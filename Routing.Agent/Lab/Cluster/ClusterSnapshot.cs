using System.Collections.Immutable;
using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Cluster;

/// <summary>The objects the lab acts on, as its watches last saw them.</summary>
internal sealed record ClusterSnapshot
{
    public ImmutableSortedDictionary<NamespacedName, V1Pod> Pods { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1Pod>.Empty;

    public ImmutableSortedDictionary<NamespacedName, V1Namespace> Namespaces { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1Namespace>.Empty;

    public ImmutableSortedDictionary<NamespacedName, V1NetworkPolicy> Policies { get; init; } =
        ImmutableSortedDictionary<NamespacedName, V1NetworkPolicy>.Empty;
}
