using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <summary>What rules demand of the pod they are enforced on: which is known when its profile is chosen, so that packets need not
/// be asked.</summary>
internal static class OwnConditions
{
    /// <summary>Rules, by place, with such conditions, and the IP versions for which the pod fulfils them.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="policies">The policies that select it, in order.</param>
    /// <param name="direction">Whose rules.</param>
    /// <param name="table">What these policies are.</param>
    public static ImmutableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> Of(
        PodRecord pod, ImmutableArray<PolicyKey> policies, Direction direction, PolicyTable table)
    {
        List<(PolicyKey, int, IpFamilies)>? conditions = null; // few have any
        foreach (var policy in policies)
        {
            var rules = table.Specs[policy].Rules(direction)!.Rules;
            for (var i = 0; i < rules.Count; i++)
            {
                if (rules[i].Own.Count > 0)
                {
                    conditions ??= [];
                    conditions.Add((policy, i, Families(pod, policy, rules[i].Own, table)));
                }
            }
        }

        return conditions is null ? [] : [.. conditions];
    }

    /// <summary>The selections that these conditions ask for.</summary>
    public static List<PodSelection> SelectionsOf(PolicySpec policy)
    {
        var selections = new List<PodSelection>();
        AddSelections(policy.Ingress, selections);
        AddSelections(policy.Egress, selections);
        return selections;
    }

    private static void AddSelections(RuleSet? rules, List<PodSelection> selections)
    {
        foreach (var rule in rules?.Rules ?? default)
        {
            foreach (var peer in rule.Own)
            {
                selections.AddRange(peer switch
                {
                    PeerSpec.Pods pods => [pods.Selection],
                    PeerSpec.Entity entity => new[] { entity.Selection, entity.NotSelection }.OfType<PodSelection>(),
                    _ => [],
                });
            }
        }
    }

    private static IpFamilies Families(PodRecord pod, PolicyKey policy, EquatableArray<PeerSpec> peers, PolicyTable table)
    {
        var families = IpFamilies.None;
        foreach (var address in pod.View.Addresses)
        {
            if (peers.Items.Any(peer => Holds(pod, address, peer, selection => table.Own(policy, selection))))
            {
                families |= address.Family.AsSet();
            }
        }

        return families;
    }

    private static bool Holds(
        PodRecord pod, Address address, PeerSpec peer, Func<PodSelection, SelectedPods> selected) => peer switch
    {
        PeerSpec.Pods pods => IsIn(pod, address, selected(pods.Selection)),
        PeerSpec.IpBlock block => block.Contains(address),
        PeerSpec.Entity entity => (entity.Selection is null || IsIn(pod, address, selected(entity.Selection)))
            && (entity.NotSelection is null || !IsIn(pod, address, selected(entity.NotSelection)))
            && (entity.Nets.Count == 0 || entity.Nets.Items.Any(net => net.Contains(address)))
            && !entity.NotNets.Items.Any(net => net.Contains(address)),
        _ => false,
    };

    private static bool IsIn(PodRecord pod, Address address, SelectedPods selected) =>
        selected.Members.Contains(pod)
        || selected.Nets.Any(one => one.Nets.Items.Any(net => net.Contains(address)));
}
