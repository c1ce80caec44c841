using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What the compiler cannot say in sets closes: such a rule allows nothing, or denies everything. So does a rule that denies
/// names: nobody knows all their addresses.</summary>
internal static class EnforceableRule
{
    /// <summary>The rule, or what stands for it; null when nothing does.</summary>
    public static RuleSpec? Of(RuleSpec rule, ProfileSide side)
    {
        var direction = side.Direction;
        var isKnown = (rule.Verdict is RuleVerdict.Allow or RuleVerdict.Log || rule.Peers.Items.All(peer => peer is not PeerSpec.Domains))
            && rule.Own.Items.All(peer => peer is PeerSpec.Pods or PeerSpec.Entity or PeerSpec.IpBlock);
        if (isKnown && !NamesSourcePortsOfPeers(rule, direction) && !NamesPortsOfServices(rule, direction)
            && (side.HasOwnPorts || !NamesOwnPorts(rule, direction)))
        {
            return rule;
        }

        return rule.Verdict is RuleVerdict.Allow or RuleVerdict.Log
            ? null
            : new RuleSpec(RuleVerdict.Deny, [], [], rule.Field);
    }

    /// <summary>A name of a source port on ingress means another number on every peer; there is no such look-up.</summary>
    private static bool NamesSourcePortsOfPeers(RuleSpec rule, Direction direction) =>
        direction == Direction.Ingress && HasNames(rule.SourcePorts, rule.NotSourcePorts);

    /// <summary>What a name means at whichever end packets through a host have is not asked.</summary>
    private static bool NamesOwnPorts(RuleSpec rule, Direction direction) =>
        direction == Direction.Ingress ? HasNames(rule.Ports, rule.NotPorts) : HasNames(rule.SourcePorts, rule.NotSourcePorts);

    /// <summary>A Service says at which ports it is; what its endpoints call them is not asked.</summary>
    private static bool NamesPortsOfServices(RuleSpec rule, Direction direction) =>
        direction == Direction.Egress
        && rule.Peers.Items.Any(peer => peer is PeerSpec.Service)
        && rule.Ports.Items.Any(port => port is PortSpec.Named);

    private static bool HasNames(EquatableArray<PortSpec> ports, EquatableArray<PortSpec> notPorts) =>
        ports.Items.Any(port => port is PortSpec.Named) || notPorts.Items.Any(port => port is PortSpec.Named);
}
