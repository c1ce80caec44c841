using Routing.Policy.Model;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Rules of one policy of policy.networking.k8s.io.</summary>
internal sealed class ClusterPolicyRules(PolicyKind kind, ClusterPolicyPeers peers, ProblemList problems)
{
    private readonly string _accept = kind == PolicyKind.ClusterNetworkPolicy ? "Accept" : "Allow";

    /// <summary>Translates the rules of a direction; null without any, for a policy without rules says nothing.</summary>
    public RuleSet? Translate(IList<ClusterPolicyRule>? rules, Direction direction) => rules is null or { Count: 0 }
        ? null
        : new RuleSet([.. rules.Index()
            .Select(one => Translate(one.Item, direction, $"spec.{(direction == Direction.Ingress ? "ingress" : "egress")}[{one.Index}]"))
            .OfType<RuleSpec>()]);

    private RuleSpec? Translate(ClusterPolicyRule? rule, Direction direction, string field)
    {
        var before = problems.Count;
        rule ??= new ClusterPolicyRule();
        problems.AddUnknown(rule.Others, field);
        var verdict = Verdict(rule.Action, $"{field}.action");
        var (wanted, other, wantedField, otherField) = direction == Direction.Ingress
            ? (rule.From, rule.To, "from", "to")
            : (rule.To, rule.From, "to", "from");
        if (other is not null)
        {
            problems.Add($"{field}.{otherField}", otherField, $"a rule of this direction has '{wantedField}'");
        }

        var peerSpecs = (wanted ?? []).Index()
            .SelectMany(peer => peers.Translate(peer.Item, direction, verdict, $"{field}.{wantedField}[{peer.Index}]"))
            .ToEquatableArray();
        if (wanted is null or { Count: 0 })
        {
            problems.Add($"{field}.{wantedField}", "", "at least one peer");
        }

        var ports = Ports(rule, field);
        if (direction == Direction.Egress && ports.Items.Any(port => port is PortSpec.Named)
            && peerSpecs.Items.Any(peer => peer is not PeerSpec.Pods))
        {
            problems.Add(field, "a named port", "peers that are pods; nodes, networks and domains have no port names");
        }

        if (problems.Count == before)
        {
            return new RuleSpec(verdict, peerSpecs, ports, field);
        }

        // What could not be read closes.
        return verdict == RuleVerdict.Allow ? null : new RuleSpec(RuleVerdict.Deny, [], [], field);
    }

    private RuleVerdict Verdict(string? action, string field)
    {
        var isBaseline = kind == PolicyKind.BaselineAdminNetworkPolicy;
        if (action == _accept)
        {
            return RuleVerdict.Allow;
        }

        if (action == "Pass" && !isBaseline)
        {
            return RuleVerdict.Pass;
        }

        if (action != "Deny")
        {
            problems.Add(field, action, isBaseline ? $"{_accept} or Deny" : $"{_accept}, Deny or Pass");
        }

        return RuleVerdict.Deny;
    }

    private EquatableArray<PortSpec> Ports(ClusterPolicyRule rule, string field)
    {
        var reader = new ClusterPolicyPorts(problems);
        if (kind == PolicyKind.ClusterNetworkPolicy)
        {
            if (rule.Ports is not null)
            {
                problems.Add($"{field}.ports", "ports", "ClusterNetworkPolicy has 'protocols' instead");
            }

            return (rule.Protocols ?? []).Index()
                .SelectMany(one => reader.Translate(one.Item, $"{field}.protocols[{one.Index}]"))
                .ToEquatableArray();
        }

        if (rule.Protocols is not null)
        {
            problems.Add($"{field}.protocols", "protocols", $"{kind} has 'ports' instead");
        }

        return (rule.Ports ?? []).Index()
            .SelectMany(one => reader.Translate(one.Item, $"{field}.ports[{one.Index}]"))
            .ToEquatableArray();
    }
}
