using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>What a verifier asks: the inputs of the last <see cref="Compile"/>, as the evaluator takes them.</summary>
public sealed partial class NodePolicy
{
    /// <summary>The node's name.</summary>
    public string NodeName => _nodeName;

    /// <summary>Interfaces with rules, and interfaces that are closed because their pod is not known.</summary>
    internal IReadOnlyCollection<LocalEndpoint> Endpoints => _endpoints.Values;

    /// <summary>The pod that has an address, on any node; null for none.</summary>
    internal PodView? OwnerOf(Address address) => _index.Owner(address)?.View;

    /// <summary>Some pods of any node.</summary>
    internal IEnumerable<PodView> SamplePods(Random random, int count)
    {
        for (var i = 0; i < count && _pods.Count > 0; i++)
        {
            yield return _pods.Values.ElementAt(random.Next(_pods.Count));
        }
    }

    /// <summary>The addresses of a node's own.</summary>
    internal IEnumerable<Address> NodeAddresses() => _nodes.All.SelectMany(node => node.Addresses.Items);

    /// <summary>Pods that policies select which we failed to compile, and these policies: nobody knows what the rules have to say of
    /// them, and what ended the compiler may end whoever else looks at them.</summary>
    internal (IReadOnlySet<NamespacedName> Pods, IReadOnlySet<PolicyKey> Policies) Defective()
    {
        var policies = Faults.Where(fault => fault.Defect is not null).SelectMany(fault => fault.Policies.Items).ToHashSet();
        return (policies.SelectMany(policy => _policies.Subjects(policy)).Select(pod => pod.View.Name).ToHashSet(), policies);
    }

    /// <summary>The cluster as the ruleset has to have it, with the pods of some addresses only: building all of a large one
    /// for each transaction would cost more than the transaction.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="without">Policies that are left out; none of these pods is selected by one.</param>
    internal ClusterView ViewOf(IEnumerable<Address> addresses, IReadOnlySet<PolicyKey> without)
    {
        var pods = addresses.Select(OwnerOf).OfType<PodView>().DistinctBy(pod => pod.Name).ToImmutableDictionary(pod => pod.Name);
        var homes = pods.Keys.Select(name => name.Namespace).ToHashSet(StringComparer.Ordinal);
        return new ClusterView
        {
            Pods = pods,
            Namespaces = _index.Namespaces.ToImmutableDictionary(view => view.Name),
            Nodes = _nodes.All.ToImmutableDictionary(node => node.Name),

            // Those of other namespaces are about none of these pods. That stands in them, and is not taken from the index of who
            // selects whom, which could be wrong.
            Policies = _policies.Specs
                .Where(one => one.Value.Subject?.Scope is not NamespaceScope.Named { Name: var home } || homes.Contains(home))
                .Where(one => !without.Contains(one.Key))
                .ToImmutableSortedDictionary(one => one.Key, one => Enforceable(one.Value)),
            NetworkSets = _networkSets.ToImmutableDictionary(),
            HostEndpoints = _hostEndpoints.ToImmutableDictionary(),
            ServiceAccounts = _accounts.ToImmutableDictionary(),
            ServiceSlices = _services.All.ToImmutableDictionary(slice => slice.Name),
            Domains = _domains.All,
        };
    }

    /// <summary>A policy with what stands for rules that cannot be enforced.</summary>
    internal static PolicySpec Enforceable(PolicySpec policy) => policy with
    {
        Ingress = Enforceable(policy.Ingress, Direction.Ingress),
        Egress = Enforceable(policy.Egress, Direction.Egress),
    };

    private static RuleSet? Enforceable(RuleSet? rules, Direction direction) => rules is null ? null
        : new RuleSet([.. rules.Rules.Items.Select(rule => EnforceableRule.Of(rule, new ProfileSide(direction))).OfType<RuleSpec>()]);
}
