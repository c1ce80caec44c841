using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What the compiler cannot say in sets closes: such a rule allows nothing, or denies everything.</summary>
internal static class EnforceableRule
{
    /// <summary>The rule, or what stands for it; null when nothing does.</summary>
    public static RuleSpec? Of(RuleSpec rule)
    {
        if (rule.Verdict == RuleVerdict.Log)
        {
            return null;
        }

        if (rule.IsPlain && rule.Peers.Items.All(IsKnown) && rule.Ports.Items.All(port => port is not PortSpec.Icmp))
        {
            return rule;
        }

        return rule.Verdict == RuleVerdict.Allow ? null : new RuleSpec(RuleVerdict.Deny, [], [], rule.Field);
    }

    private static bool IsKnown(PeerSpec peer) =>
        peer is PeerSpec.IpBlock or PeerSpec.Nodes or PeerSpec.Pods { Selection.Kinds: EndpointKinds.Pods };
}
