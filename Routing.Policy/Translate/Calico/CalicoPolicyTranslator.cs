using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's policies to <see cref="PolicySpec"/>, as Calico understands them.</summary>
public static class CalicoPolicyTranslator
{
    private const string IngressType = "Ingress";
    private const string EgressType = "Egress";

    /// <summary>Translates; never throws, whatever stands in the object.</summary>
    public static PolicySpec Translate(CalicoNetworkPolicyResource policy) =>
        OfNamespace(PolicyKind.CalicoNetworkPolicy, policy);

    /// <summary>Translates; never throws.</summary>
    public static PolicySpec Translate(CalicoStagedNetworkPolicyResource policy) =>
        OfNamespace(PolicyKind.StagedNetworkPolicy, policy);

    /// <summary>Translates; never throws.</summary>
    public static PolicySpec Translate(CalicoGlobalNetworkPolicyResource policy) =>
        OfCluster(PolicyKind.GlobalNetworkPolicy, policy);

    /// <summary>Translates; never throws.</summary>
    public static PolicySpec Translate(CalicoStagedGlobalNetworkPolicyResource policy) =>
        OfCluster(PolicyKind.StagedGlobalNetworkPolicy, policy);

    /// <summary>Translates; never throws.</summary>
    public static PolicySpec Translate(CalicoStagedKubernetesNetworkPolicyResource policy)
    {
        var spec = policy.Spec;
        var staged = NetworkPolicyTranslator.Translate(new V1NetworkPolicy
        {
            Metadata = policy.Metadata,
            Spec = spec is null ? null : new V1NetworkPolicySpec
            {
                PodSelector = spec.PodSelector,
                PolicyTypes = spec.PolicyTypes,
                Ingress = spec.Ingress,
                Egress = spec.Egress,
            },
        });
        var problems = new ProblemList();
        return Stage(
            staged with { Key = staged.Key with { Kind = PolicyKind.StagedKubernetesNetworkPolicy } },
            spec?.StagedAction, problems) with
        {
            Problems = [.. staged.Problems.Items, .. problems.ToEquatableArray().Items],
        };
    }

    private static PolicySpec OfNamespace(PolicyKind kind, CalicoResource<CalicoPolicySpec> policy)
    {
        var problems = new ProblemList();
        var name = new NamespacedName(policy.Metadata?.NamespaceProperty ?? "default", policy.Metadata?.Name ?? "");
        var spec = policy.Spec ?? new CalicoPolicySpec();
        (string Name, bool IsSet)[] ofCluster =
        [
            ("namespaceSelector", !string.IsNullOrEmpty(spec.NamespaceSelector)), ("doNotTrack", spec.DoNotTrack == true),
            ("preDNAT", spec.PreDnat == true), ("applyOnForward", spec.ApplyOnForward == true),
        ];
        foreach (var (field, _) in ofCluster.Where(one => one.IsSet))
        {
            problems.Add($"spec.{field}", field, "policies of the cluster have it, those of a namespace do not");
        }

        var before = problems.Count;
        var selectors = new CalicoSelectors(problems);
        var pods = CalicoSelectors.Join(
            selectors.Read(spec.Selector, "spec.selector"),
            selectors.ReadAccounts(spec.ServiceAccountSelector, "spec.serviceAccountSelector", new LabelExpression.All()));
        var subject = problems.Count == before ? new PodSelection(new NamespaceScope.Named(name.Namespace), pods) : null;
        return Policy(kind, name, policy, spec, subject, problems);
    }

    private static PolicySpec OfCluster(PolicyKind kind, CalicoResource<CalicoPolicySpec> policy)
    {
        var problems = new ProblemList();
        var spec = policy.Spec ?? new CalicoPolicySpec();
        var selectors = new CalicoSelectors(problems);
        var endpoints = CalicoSelectors.Join(
            selectors.Read(spec.Selector, "spec.selector"),
            selectors.ReadNamespaces(spec.NamespaceSelector, "spec.namespaceSelector"),
            selectors.ReadAccounts(
                spec.ServiceAccountSelector, "spec.serviceAccountSelector",
                CalicoSelectors.Label(EndpointLabels.ServiceAccount, SelectorOperator.Exists)));
        var isOfHosts = spec.DoNotTrack == true || spec.PreDnat == true;
        var subject = problems.Count > 0 ? null : new PodSelection(new NamespaceScope.Any(), endpoints)
        {
            Kinds = isOfHosts ? EndpointKinds.HostEndpoints : EndpointKinds.Pods | EndpointKinds.HostEndpoints,
        };
        var before = problems.Count;
        if (isOfHosts && spec.ApplyOnForward != true)
        {
            problems.Add("spec.applyOnForward", "", "true, with doNotTrack and with preDNAT");
        }

        if (spec is { DoNotTrack: true, PreDnat: true })
        {
            problems.Add("spec.preDNAT", "true", "one of doNotTrack and preDNAT");
        }

        if (spec.PreDnat == true && (spec.Egress is { Count: > 0 } || spec.Types?.Contains(EgressType) == true))
        {
            problems.Add("spec.egress", "rules", "no egress with preDNAT: it is about packets that come in");
        }

        var isMistaken = problems.Count > before;
        var name = new NamespacedName("", policy.Metadata?.Name ?? "");
        var translated = Policy(kind, name, policy, spec, subject, problems) with
        {
            DoNotTrack = spec.DoNotTrack == true,
            PreDnat = spec.PreDnat == true && spec.DoNotTrack != true,
            ApplyOnForward = isOfHosts || spec.ApplyOnForward == true,
        };
        return isMistaken
            ? translated with { Ingress = Closed(translated.Ingress), Egress = Closed(translated.Egress) }
            : translated;
    }

    /// <summary>What is left of rules where nobody can tell at which place of a packet's way they were meant: what they deny.</summary>
    private static RuleSet? Closed(RuleSet? rules) => rules is null ? null
        : new RuleSet([.. rules.Rules.Items.Where(rule => rule.Verdict is RuleVerdict.Deny or RuleVerdict.Log)]);

    private static PolicySpec Policy(
        PolicyKind kind, NamespacedName name, CalicoResource<CalicoPolicySpec> policy, CalicoPolicySpec spec,
        PodSelection? subject, ProblemList problems)
    {
        if (!Syntax.IsDnsSubdomain(name.Name))
        {
            problems.Add("metadata.name", name.Name, "a name of a-z, 0-9, '-' and '.', at most 253 long (RFC 1123)");
        }

        if (policy.Spec is null)
        {
            problems.Add("spec", "", $"a {kind} needs one");
        }

        problems.AddUnknown(spec.Others, "spec");
        var types = Types(spec, problems);
        var rules = new CalicoRules(name.Namespace, problems);
        var isStaged = kind.Enforced() != kind;
        if (!isStaged && spec.StagedAction is not null)
        {
            problems.Add("spec.stagedAction", spec.StagedAction, "staged policies have it");
        }

        var translated = new PolicySpec
        {
            Key = new PolicyKey(kind, name),
            Tier = TierNamed(spec.Tier),
            Order = spec.Order ?? double.PositiveInfinity,
            Subject = policy.Spec is null ? null : subject,
            Ingress = types.Contains(IngressType) ? rules.Translate(spec.Ingress, Direction.Ingress) : null,
            Egress = types.Contains(EgressType) ? rules.Translate(spec.Egress, Direction.Egress) : null,
        };
        return (isStaged ? Stage(translated, spec.StagedAction, problems) : translated) with
        {
            Problems = problems.ToEquatableArray(),
        };
    }

    /// <summary>Where the cluster says what tier that is, its word counts: <see cref="ClusterView.TierOf"/>.</summary>
    private static Tier TierNamed(string? name) =>
        string.IsNullOrEmpty(name) ? Tier.Default : Tier.BuiltIn(name) ?? Tier.Unknown(name);

    private static PolicySpec Stage(PolicySpec policy, string? action, ProblemList problems)
    {
        var isStaging = action is null or "" or "Set" or "Delete";
        if (!isStaging && action is not ("Learn" or "Ignore"))
        {
            problems.Add("spec.stagedAction", action, "Set or Delete; Learn, Ignore, and what is none of these stage nothing");
        }

        return policy with
        {
            IsStaged = true,
            IsStagedDeletion = action == "Delete",
            Subject = isStaging ? policy.Subject : null,
        };
    }

    /// <summary>Without types: those that have rules, and Ingress when neither has.</summary>
    private static HashSet<string> Types(CalicoPolicySpec spec, ProblemList problems)
    {
        if (spec.Types is null or { Count: 0 })
        {
            return spec.Egress is not { Count: > 0 } ? [IngressType]
                : spec.Ingress is { Count: > 0 } ? [IngressType, EgressType]
                : [EgressType];
        }

        var types = new HashSet<string>();
        foreach (var (i, type) in spec.Types.Index())
        {
            if (type is IngressType or EgressType)
            {
                types.Add(type);
            }
            else
            {
                // Nobody can tell which was meant to be closed.
                problems.Add($"spec.types[{i}]", type, "Ingress or Egress");
                types.UnionWith([IngressType, EgressType]);
            }
        }

        return types;
    }
}
