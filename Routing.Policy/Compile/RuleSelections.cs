using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>Whose membership has to be known when a rule is compiled.</summary>
internal static class RuleSelections
{
    /// <summary>The selections that rules need when they are compiled.</summary>
    /// <param name="rule">A rule.</param>
    /// <param name="side">Of which profile.</param>
    public static IEnumerable<PodSelection> Of(RuleSpec rule, ProfileSide side)
    {
        foreach (var peer in side.AsksOwnEnd ? rule.Peers.Items.Concat(rule.Own.Items) : rule.Peers)
        {
            if (peer is PeerSpec.Pods pods)
            {
                yield return pods.Selection;
            }
            else if (peer is PeerSpec.Entity entity)
            {
                foreach (var selection in new[] { entity.Selection, entity.NotSelection }.OfType<PodSelection>())
                {
                    yield return selection;
                }
            }
        }

        // A name in an egress rule means what each possible destination calls so.
        if (side.Direction == Direction.Egress && NamesPortsOfAnybody(rule))
        {
            yield return PodSelection.Everything;
        }
    }

    /// <summary>True when pods that no selection of the rule holds may be its peers, and what they call their ports
    /// counts. A selection of network sets says nothing of the pods that have their addresses.</summary>
    public static bool NamesPortsOfAnybody(RuleSpec rule) =>
        rule.Ports.Items.Concat(rule.NotPorts.Items).Any(port => port is PortSpec.Named)
        && (rule.Peers.Count == 0 || rule.Peers.Items.Any(peer => peer is not (
            PeerSpec.Pods { Selection.Kinds: EndpointKinds.Pods } or PeerSpec.Entity { Selection.Kinds: EndpointKinds.Pods })));
}
