using System.Text.Json.Nodes;
using Routing.Policy.Model;

namespace Routing.Agent.Lint;

/// <summary>What surprises in the way a policy is written, whatever the cluster.</summary>
internal static class PolicyShape
{
    public static void Check(PolicyKey policy, JsonObject json, PolicyLint lint)
    {
        if (policy.Kind is PolicyKind.AdminNetworkPolicy or PolicyKind.BaselineAdminNetworkPolicy)
        {
            lint.Add(LintCode.DeprecatedKind, policy, "", $"{policy.Kind} is v1alpha1; ClusterNetworkPolicy (v1alpha2) has replaced it");
        }

        if (policy.Kind != PolicyKind.NetworkPolicy || json["spec"] is not JsonObject spec)
        {
            return;
        }

        foreach (var (direction, peers, type) in new[] { ("ingress", "from", "Ingress"), ("egress", "to", "Egress") })
        {
            if (spec[direction] is not JsonArray rules)
            {
                continue;
            }

            if (rules.Count > 0 && spec["policyTypes"] is JsonArray { Count: > 0 } types && !types.Any(one => one?.ToString() == type))
            {
                lint.Add(LintCode.RulesWithoutType, policy, $"spec.{direction}", $"policyTypes has no {type}, so that these rules do nothing");
            }

            foreach (var (i, rule) in rules.Index())
            {
                if (rule is JsonObject one)
                {
                    CheckRule(policy, one, $"spec.{direction}[{i}]", peers, lint);
                }
            }
        }
    }

    private static void CheckRule(PolicyKey policy, JsonObject rule, string field, string peers, PolicyLint lint)
    {
        if (rule[peers] is JsonArray { Count: 0 })
        {
            lint.Add(LintCode.EmptyList, policy, $"{field}.{peers}", $"an empty list means anybody, as if '{peers}' were missing");
        }

        if (rule["ports"] is JsonArray { Count: 0 })
        {
            lint.Add(LintCode.EmptyList, policy, $"{field}.ports", "an empty list means every port, as if 'ports' were missing");
        }

        foreach (var (i, port) in (rule["ports"] as JsonArray ?? []).Index())
        {
            if (port is JsonObject one && one["endPort"] is { } end && end.ToString() == one["port"]?.ToString())
            {
                lint.Add(LintCode.EndPortIsPort, policy, $"{field}.ports[{i}].endPort", "the range is the one port");
            }
        }

        var items = (rule[peers] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var pods = items.FindIndex(item => item["podSelector"] is not null && item["namespaceSelector"] is null);
        var namespaces = items.FindIndex(item => item["namespaceSelector"] is not null && item["podSelector"] is null);
        if (pods >= 0 && namespaces >= 0 && Math.Abs(pods - namespaces) == 1)
        {
            lint.Add(LintCode.PeersAreAlternatives, policy, $"{field}.{peers}[{Math.Max(pods, namespaces)}]",
                "the two items are alternatives: all pods of these namespaces, or such pods of the policy's own namespace; "
                + "for such pods of these namespaces both selectors stand in one item");
        }

        for (var i = 0; i < items.Count; i++)
        {
            var text = items[i]["ipBlock"]?["cidr"]?.ToString();
            if (Cidr.TryParse(text, out var block) && Address.TryParse(text![..text!.IndexOf('/', StringComparison.Ordinal)], out var address)
                && address != block.Network)
            {
                lint.Add(LintCode.BlockHostBits, policy, $"{field}.{peers}[{i}].ipBlock.cidr", $"'{text}' means {block}");
            }
        }
    }
}
