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

    /// <summary>Calico's tiers, by name.</summary>
    public ImmutableDictionary<string, Tier> Tiers { get; init; } = ImmutableDictionary<string, Tier>.Empty;

    /// <summary>Calico's network sets, by name.</summary>
    public ImmutableDictionary<NamespacedName, NetworkSetView> NetworkSets { get; init; } =
        ImmutableDictionary<NamespacedName, NetworkSetView>.Empty;

    /// <summary>Calico's host endpoints, by name.</summary>
    public ImmutableDictionary<string, HostEndpointView> HostEndpoints { get; init; } =
        ImmutableDictionary<string, HostEndpointView>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<NamespacedName, ServiceAccountView> ServiceAccounts { get; init; } =
        ImmutableDictionary<NamespacedName, ServiceAccountView>.Empty;

    /// <summary>Slices of Services' endpoints, by name.</summary>
    public ImmutableDictionary<NamespacedName, ServiceSliceView> ServiceSlices { get; init; } =
        ImmutableDictionary<NamespacedName, ServiceSliceView>.Empty;

    /// <summary>The addresses that DNS gave for names, where somebody has seen its answers: on a node. Empty for manifests.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Domains { get; init; } =
        ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>.Empty;

    /// <summary>The policy's tier as the cluster defines it; policies of Calico know only its name.</summary>
    public Tier TierOf(PolicySpec policy) =>
        Tier.BuiltIn(policy.Tier.Name) ?? Tiers.GetValueOrDefault(policy.Tier.Name, policy.Tier);

    /// <summary>The cluster as it would be with the staged policies enforced, each in place of the one that it is named
    /// after.</summary>
    public ClusterView WithStaged()
    {
        var policies = Policies;
        foreach (var staged in Policies.Values.Where(policy => policy.IsStaged))
        {
            if (staged.Subject is null && !staged.IsStagedDeletion)
            {
                continue; // it stages nothing
            }

            policies = policies.Remove(staged.Key).Remove(staged.Key.Enforced());
        }

        foreach (var staged in Policies.Values.Where(policy => policy is { IsStaged: true, IsStagedDeletion: false }))
        {
            policies = policies.SetItem(staged.Key, staged with { IsStaged = false });
        }

        return this with { Policies = policies };
    }
}
