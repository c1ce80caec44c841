using System.Text.Json.Nodes;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;
using Routing.Policy.Rules;
using Routing.Policy.Translate;

namespace Routing.Agent.Cli.Policies;

/// <summary>An explanation for programs.</summary>
internal static class ExplanationJson
{
    /// <summary>One object.</summary>
    /// <param name="explanation">What to write.</param>
    /// <param name="sources">Where its policies stand.</param>
    /// <param name="others">Flows of the same workloads that fare otherwise.</param>
    public static string Format(FlowExplanation explanation, ClusterSources sources, IReadOnlyList<Flow> others)
    {
        var flow = explanation.Flow;
        return JsonText.Format(new JsonObject
        {
            ["from"] = $"{flow.From}",
            ["to"] = $"{flow.To}",
            ["protocol"] = flow.Protocol.KubernetesName(),
            ["port"] = flow.Port,
            ["verdict"] = Verdict(explanation.Verdict.Allowed),
            ["families"] = new JsonArray([.. explanation.Families.Select(family => new JsonObject
            {
                ["family"] = family.Family switch { null => null, IpFamily.V4 => "IPv4", _ => "IPv6" },
                ["fromAddress"] = family.From?.ToString(),
                ["toAddress"] = family.To?.ToString(),
                ["verdict"] = Verdict(family.Allowed),
                ["egress"] = Side(family.Egress, sources),
                ["hosts"] = new JsonArray([.. family.Hosts.Select(host => Side(host, sources))]),
                ["ingress"] = Side(family.Ingress, sources),
            })]),
            ["otherwise"] = new JsonArray([.. others.Select(other => new JsonObject
            {
                ["from"] = $"{other.From}", ["to"] = $"{other.To}",
            })]),
        });
    }

    /// <summary>What two IP versions have in common when they go the same way: all but addresses.</summary>
    public static string Way(FamilyExplanation family) =>
        string.Concat(family.Hosts.Prepend(family.Egress).Append(family.Ingress).Select(side => Side(side, null).ToJsonString()));

    private static JsonObject Side(SideExplanation side, ClusterSources? sources)
    {
        var json = SideOf(side, sources);
        if (side.Layer is { } layer)
        {
            json["hostEndpoint"] = side.End;
            json["layer"] = $"{layer}";
            json["side"] = side.Side == Direction.Egress ? "egress" : "ingress";
        }

        return json;
    }

    private static JsonObject SideOf(SideExplanation side, ClusterSources? sources) => new()
    {
        ["verdict"] = Verdict(side.Allowed),
        ["reasons"] = new JsonArray([.. side.Reasons.Select(reason => (JsonNode)ReasonOf(reason, sources))]),
        ["tiers"] = new JsonArray([.. side.Tiers.Select(tier => new JsonObject
        {
            ["tier"] = tier.Tier.Name,
            ["outcome"] = $"{tier.Outcome}",
            ["policies"] = new JsonArray([.. tier.Policies.Select(policy => Policy(policy, sources))]),
        })]),
        ["silent"] = new JsonArray([.. side.Silent.Select(policy => (JsonNode)new JsonObject
        {
            ["kind"] = $"{policy.Kind}", ["policy"] = NameOf(policy),
        })]),
    };

    private static JsonObject Policy(PolicyStep policy, ClusterSources? sources) => At(policy.Policy, null, sources, new JsonObject
    {
        ["kind"] = $"{policy.Policy.Kind}",
        ["policy"] = NameOf(policy.Policy),
        ["rules"] = new JsonArray([.. policy.Rules.Select(rule => At(policy.Policy, rule.Field, sources, new JsonObject
        {
            ["field"] = rule.Field,
            ["action"] = $"{rule.Verdict}",
            ["outcome"] = $"{rule.Outcome}",
            ["conditions"] = new JsonArray([.. rule.Conditions.Select(condition => new JsonObject
            {
                ["part"] = condition.Part,
                ["holds"] = condition.Holds,
                ["alternatives"] = new JsonArray([.. condition.Alternatives.Select(one => new JsonObject
                {
                    ["wanted"] = one.Wanted, ["holds"] = one.Holds, ["found"] = one.Found,
                })]),
            })]),
        }))]),
    });

    /// <summary>A reason, as `eval` writes it, with its place.</summary>
    private static JsonObject ReasonOf(Reason reason, ClusterSources? sources)
    {
        var json = new JsonObject { ["code"] = $"{reason.Code}", ["text"] = sources is null ? "" : $"{reason}" };
        if (reason.Policy is { } policy)
        {
            json["kind"] = $"{policy.Kind}";
            json["policy"] = NameOf(policy);
            json["field"] = reason.Field;
            At(policy, reason.Field, sources, json);
        }

        return json;
    }

    private static JsonObject At(PolicyKey policy, string? field, ClusterSources? sources, JsonObject json)
    {
        if (sources?.Find(policy) is { IsLive: false } source)
        {
            (json["file"], json["line"]) = (source.File, source.LineOf(field ?? "metadata"));
        }

        return json;
    }

    /// <summary>"namespace/name", or the name alone of what is cluster-wide.</summary>
    public static string NameOf(PolicyKey policy) =>
        policy.Name.Namespace.Length == 0 ? policy.Name.Name : $"{policy.Name}";

    private static string Verdict(bool allowed) => allowed ? "Allow" : "Deny";
}
