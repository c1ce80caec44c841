using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>networking.k8s.io/v1 NetworkPolicy to <see cref="PolicySpec"/>. What is wrong is listed in the result, and
/// what depends on it is left out: a peer, a port, a whole rule, so that the pods stay isolated and are allowed
/// less.</summary>
public static class NetworkPolicyTranslator
{
    /// <summary>Where these policies stand among Calico's of the default tier.</summary>
    private const double Order = 1000;

    private const string IngressType = "Ingress";
    private const string EgressType = "Egress";

    /// <summary>Translates; never throws, whatever stands in the object.</summary>
    public static PolicySpec Translate(V1NetworkPolicy policy)
    {
        var problems = new ProblemList();
        var name = new NamespacedName(policy.Metadata?.NamespaceProperty ?? "default", policy.Metadata?.Name ?? "");
        if (!Syntax.IsDnsSubdomain(name.Name))
        {
            problems.Add("metadata.name", name.Name, "a name of a-z, 0-9, '-' and '.', at most 253 long (RFC 1123)");
        }

        var spec = policy.Spec;
        if (spec is null)
        {
            problems.Add("spec", "", "a NetworkPolicy needs one");
            spec = new V1NetworkPolicySpec();
        }

        // The API takes a missing podSelector for the empty one: every pod of the namespace.
        var pods = SelectorTranslator.Translate(
            spec.PodSelector ?? new V1LabelSelector(), "spec.podSelector", problems);
        var types = Types(spec, problems);
        var rules = new RuleTranslator(name.Namespace, problems);
        return new PolicySpec
        {
            Key = new PolicyKey(PolicyKind.NetworkPolicy, name),
            Order = Order,
            Subject = pods is null || policy.Spec is null
                ? null
                : new PodSelection(new NamespaceScope.Named(name.Namespace), pods),
            Ingress = types.Contains(IngressType)
                ? new RuleSet([.. (spec.Ingress ?? []).Index()
                    .Select(one => rules.Translate(
                        one.Item?.FromProperty, "from", one.Item?.Ports, $"spec.ingress[{one.Index}]"))
                    .OfType<RuleSpec>()])
                : null,
            Egress = types.Contains(EgressType)
                ? new RuleSet([.. (spec.Egress ?? []).Index()
                    .Select(one => rules.Translate(
                        one.Item?.To, "to", one.Item?.Ports, $"spec.egress[{one.Index}]"))
                    .OfType<RuleSpec>()])
                : null,
            Problems = problems.ToEquatableArray(),
        };
    }

    /// <summary>Without policyTypes: Ingress always, Egress when there are egress rules (the API's defaulting). With a
    /// type that does not exist: both, for nobody can tell which was meant to be closed.</summary>
    private static HashSet<string> Types(V1NetworkPolicySpec spec, ProblemList problems)
    {
        if (spec.PolicyTypes is null or { Count: 0 })
        {
            return spec.Egress is { Count: > 0 } ? [IngressType, EgressType] : [IngressType];
        }

        var types = new HashSet<string>();
        foreach (var (i, type) in spec.PolicyTypes.Index())
        {
            if (type is IngressType or EgressType)
            {
                types.Add(type);
            }
            else
            {
                problems.Add($"spec.policyTypes[{i}]", type, "Ingress or Egress");
                types.UnionWith([IngressType, EgressType]);
            }
        }

        return types;
    }
}
