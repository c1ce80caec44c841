using Routing.Policy.Model;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>policy.networking.k8s.io's kinds to <see cref="PolicySpec"/>. What cannot be read closes, as the API's documentation
/// of its peers asks: a rule that accepts then matches nothing, one that denies or passes becomes "deny all".</summary>
public static class ClusterPolicyTranslator
{
    private const string TheBaseline = "default";

    /// <summary>Translates; never throws, whatever stands in the object.</summary>
    public static PolicySpec Translate(ClusterPolicyResource policy)
    {
        var problems = new ProblemList();
        var name = policy.Metadata?.Name ?? "";
        if (!Syntax.IsDnsSubdomain(name))
        {
            problems.Add("metadata.name", name, "a name of a-z, 0-9, '-' and '.', at most 253 long (RFC 1123)");
        }

        var kind = policy switch
        {
            ClusterNetworkPolicyResource => PolicyKind.ClusterNetworkPolicy,
            BaselineAdminNetworkPolicyResource => PolicyKind.BaselineAdminNetworkPolicy,
            _ => PolicyKind.AdminNetworkPolicy,
        };
        if (kind == PolicyKind.BaselineAdminNetworkPolicy && name != TheBaseline)
        {
            problems.Add("metadata.name", name, $"'{TheBaseline}': a cluster has one");
        }

        if (policy.Spec is null)
        {
            problems.Add("spec", "", $"a {kind} needs one");
        }

        var spec = policy.Spec ?? new ClusterPolicySpec();
        problems.AddUnknown(spec.Others, "spec");
        var peers = new ClusterPolicyPeers(problems);
        var rules = new ClusterPolicyRules(kind, peers, problems);
        return new PolicySpec
        {
            Key = PolicyKey.ClusterWide(kind, name),
            Tier = TierOf(kind, spec, problems),
            Order = OrderOf(kind, spec, problems),
            Subject = peers.Selection(spec.Subject, "spec.subject"),
            Ingress = rules.Translate(spec.Ingress, Direction.Ingress),
            Egress = rules.Translate(spec.Egress, Direction.Egress),
            Problems = problems.ToEquatableArray(),
        };
    }

    private static Tier TierOf(PolicyKind kind, ClusterPolicySpec spec, ProblemList problems)
    {
        if (kind != PolicyKind.ClusterNetworkPolicy)
        {
            if (spec.Tier is not null)
            {
                problems.Add("spec.tier", spec.Tier, $"{kind} has no such field; ClusterNetworkPolicy (v1alpha2) has");
            }

            return kind == PolicyKind.AdminNetworkPolicy ? Tier.Admin : Tier.Baseline;
        }

        if (spec.Tier is not ("Admin" or "Baseline"))
        {
            problems.Add("spec.tier", spec.Tier, "Admin or Baseline");
        }

        return spec.Tier == "Baseline" ? Tier.Baseline : Tier.Admin;
    }

    /// <summary>In one tier the kinds of v1alpha1 and v1alpha2 stand by their priorities; the one baseline policy of v1alpha1,
    /// which has none, stands after all others.</summary>
    private static double OrderOf(PolicyKind kind, ClusterPolicySpec spec, ProblemList problems)
    {
        if (kind == PolicyKind.BaselineAdminNetworkPolicy)
        {
            if (spec.Priority is { } superfluous)
            {
                problems.Add("spec.priority", $"{superfluous}", "BaselineAdminNetworkPolicy has no such field");
            }

            return double.MaxValue;
        }

        if (spec.Priority is not (>= 0 and <= 1000))
        {
            problems.Add("spec.priority", $"{spec.Priority}", "a number from 0 to 1000; smaller is asked first");
        }

        return spec.Priority ?? 0;
    }
}
