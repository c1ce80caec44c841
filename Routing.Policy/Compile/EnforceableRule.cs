using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What the compiler cannot say in sets closes: such a rule allows nothing, or denies everything.</summary>
internal static class EnforceableRule
{
    /// <summary>The rule, or what stands for it; null when nothing does.</summary>
    public static RuleSpec? Of(RuleSpec rule, Direction direction)
    {
        if (rule.Peers.Items.All(IsKnown) && rule.Own.Items.All(IsKnown) && !NamesSourcePortsOfPeers(rule, direction))
        {
            return rule;
        }

        return rule.Verdict is RuleVerdict.Allow or RuleVerdict.Log
            ? null
            : new RuleSpec(RuleVerdict.Deny, [], [], rule.Field);
    }

    private static bool IsKnown(PeerSpec peer) => peer switch
    {
        PeerSpec.Pods pods => IsOfPods(pods.Selection),
        PeerSpec.Entity entity => IsOfPods(entity.Selection) && IsOfPods(entity.NotSelection),
        _ => peer is PeerSpec.IpBlock or PeerSpec.Nodes,
    };

    private static bool IsOfPods(PodSelection? selection) =>
        selection is null or { Kinds: EndpointKinds.Pods };

    /// <summary>A name of a source port on ingress means another number on every peer; there is no such look-up.</summary>
    private static bool NamesSourcePortsOfPeers(RuleSpec rule, Direction direction) =>
        direction == Direction.Ingress
        && rule.SourcePorts.Items.Concat(rule.NotSourcePorts.Items).Any(port => port is PortSpec.Named);
}
