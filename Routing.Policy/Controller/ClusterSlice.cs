using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>The part of a cluster that decides the flows of some addresses, as <see cref="NodePolicy"/> knew it at one moment: cheap
/// to take, and made into a view by whoever wants to ask the evaluator.</summary>
public sealed record ClusterSlice
{
    /// <summary>The pods that have the addresses.</summary>
    public ImmutableArray<PodView> Pods { get; init; } = [];

    /// <summary>Their namespaces, and those of the network sets.</summary>
    public ImmutableArray<NamespaceView> Namespaces { get; init; } = [];

    /// <summary>The nodes that have the addresses, and where there are host endpoints those of the pods.</summary>
    public ImmutableArray<NodeView> Nodes { get; init; } = [];

    /// <summary>The policies about the pods and about host endpoints, each in its tier; staged ones too.</summary>
    public ImmutableArray<PolicySpec> Policies { get; init; } = [];

    /// <summary>All network sets.</summary>
    public ImmutableArray<NetworkSetView> NetworkSets { get; init; } = [];

    /// <summary>All host endpoints.</summary>
    public ImmutableArray<HostEndpointView> HostEndpoints { get; init; } = [];

    /// <summary>The accounts that the pods run as.</summary>
    public ImmutableArray<ServiceAccountView> ServiceAccounts { get; init; } = [];

    /// <summary>All slices of Services' endpoints.</summary>
    public ImmutableArray<ServiceSliceView> ServiceSlices { get; init; } = [];

    /// <summary>What DNS gave for names.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Domains { get; init; } =
        ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>.Empty;

    /// <summary>As a cluster of its own, with what stands in the rules for what cannot be enforced.</summary>
    public ClusterView ToView() => new()
    {
        Pods = Pods.ToImmutableDictionary(pod => pod.Name),
        Namespaces = Namespaces.ToImmutableDictionary(view => view.Name),
        Nodes = Nodes.ToImmutableDictionary(node => node.Name),
        Policies = Policies.ToImmutableSortedDictionary(policy => policy.Key, NodePolicy.Enforceable),
        NetworkSets = NetworkSets.ToImmutableDictionary(set => set.Name),
        HostEndpoints = HostEndpoints.ToImmutableDictionary(host => host.Name),
        ServiceAccounts = ServiceAccounts.ToImmutableDictionary(account => account.Name),
        ServiceSlices = ServiceSlices.ToImmutableDictionary(slice => slice.Name),
        Domains = Domains,
    };
}
