using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>A cluster at one moment, as far as policy goes.</summary>
public sealed record ClusterView
{
    /// <summary>By name.</summary>
    public ImmutableDictionary<NamespacedName, PodView> Pods { get; init; } =
        ImmutableDictionary<NamespacedName, PodView>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, NamespaceView> Namespaces { get; init; } =
        ImmutableDictionary<string, NamespaceView>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, NodeView> Nodes { get; init; } = ImmutableDictionary<string, NodeView>.Empty;

    /// <summary>By key.</summary>
    public ImmutableSortedDictionary<PolicyKey, PolicySpec> Policies { get; init; } =
        ImmutableSortedDictionary<PolicyKey, PolicySpec>.Empty;
}
