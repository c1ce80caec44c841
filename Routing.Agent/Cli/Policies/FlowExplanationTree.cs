using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;
using Routing.Policy.Rules;
using Routing.Policy.Translate;
using Spectre.Console;

namespace Routing.Agent.Cli.Policies;

/// <summary>An explanation as a tree: verdict, sides, tiers, policies, rules, conditions.</summary>
internal sealed class FlowExplanationTree
{
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Quiet = new(Color.Grey);

    private readonly ClusterSources _sources;

    private FlowExplanationTree(ClusterSources sources) => _sources = sources;

    /// <summary>Writes it.</summary>
    public static void Write(FlowExplanation explanation, ClusterSources sources, TextWriter output)
    {
        var (flow, verdict) = (explanation.Flow, explanation.Verdict);
        var word = verdict.Differs ? "depends on the IP version" : Word(verdict.Allowed);
        var tree = new Tree(new Text(
            $"{flow.From} -> {flow.To} {flow.Protocol.KubernetesName()} {flow.Port}: {word}",
            verdict.Differs ? Style.Plain : StyleOf(verdict.Allowed))) { Guide = TreeGuide.Line };
        var writer = new FlowExplanationTree(sources);
        foreach (var group in Alike(explanation))
        {
            var family = group[0];
            var node = tree.AddNode(new Text(
                $"{string.Join(" and ", group.Select(NameOf))}: {Word(family.Allowed)}", StyleOf(family.Allowed)));
            writer.AddSide(node, family.Egress);
            foreach (var host in family.Hosts)
            {
                writer.AddSide(node, host);
            }

            writer.AddSide(node, family.Ingress);
        }

        Terminal.ConsoleFor(output).Write(tree);
    }

    /// <summary>IP versions that go the same way are shown once.</summary>
    private static List<List<FamilyExplanation>> Alike(FlowExplanation explanation)
    {
        var groups = new List<List<FamilyExplanation>>();
        foreach (var family in explanation.Families)
        {
            var same = groups.Find(group => ExplanationJson.Way(group[0]) == ExplanationJson.Way(family));
            if (same is null)
            {
                groups.Add([family]);
            }
            else
            {
                same.Add(family);
            }
        }

        return groups;
    }

    private static string NameOf(FamilyExplanation family) => family.Family switch
    {
        null => "before anyone has an address",
        var version => $"{(version == IpFamily.V4 ? "IPv4" : "IPv6")} ({family.From?.ToString() ?? "no address yet"} -> "
            + $"{family.To?.ToString() ?? "no address yet"})",
    };

    private void AddSide(TreeNode node, SideExplanation side)
    {
        var name = Reason.Place(side.Side, side.Layer);
        var reason = side.Tiers.IsEmpty ? $": {side.Reasons[0].ToString().Split(": ", 2)[^1]}" : "";
        var why = reason.Contains("is allowed", StringComparison.Ordinal) ? "" : reason;
        var child = node.AddNode(new Text($"{name} {side.End}: {Word(side.Allowed)}{why}", StyleOf(side.Allowed)));
        foreach (var tier in side.Tiers)
        {
            AddTier(child, tier, side);
        }

        if (!side.Silent.IsEmpty)
        {
            var direction = side.Side == Direction.Egress ? "egress" : "ingress";
            child.AddNode(new Text($"say nothing of {direction}: {string.Join(", ", side.Silent)}", Quiet));
        }
    }

    private void AddTier(TreeNode node, TierStep tier, SideExplanation side)
    {
        var outcome = tier.Outcome switch
        {
            TierOutcome.Allowed => "allows",
            TierOutcome.Denied => "denies",
            TierOutcome.Passed => "leaves it to the next tier",
            TierOutcome.Isolated => $"denies: the {(side.Layer is null ? "pod" : "host endpoint")} is isolated here and no rule allows the flow",
            TierOutcome.NoMatch => "no rule matches, the next tier is asked",
            _ => "is not asked any more",
        };
        var child = node.AddNode(new Text($"tier {tier.Tier.Name}: {outcome}", tier.Outcome switch
        {
            TierOutcome.Allowed => Good,
            TierOutcome.Denied or TierOutcome.Isolated => Bad,
            TierOutcome.NotAsked => Quiet,
            _ => Style.Plain,
        }));
        foreach (var policy in tier.Policies)
        {
            var isolates = policy.Rules.IsEmpty
                ? $" has no {(side.Side == Direction.Egress ? "egress" : "ingress")} rules"
                  + (tier.Tier.Isolates ? ": it isolates only" : "")
                : "";
            var step = child.AddNode(new Text($"{policy.Policy}{isolates}{At(policy.Policy, null)}"));
            foreach (var rule in policy.Rules)
            {
                AddRule(step, policy.Policy, rule);
            }
        }
    }

    private void AddRule(TreeNode node, PolicyKey policy, RuleStep rule)
    {
        var verb = rule.Verdict switch
        {
            RuleVerdict.Allow => "allows",
            RuleVerdict.Deny => "denies",
            RuleVerdict.Pass => "passes",
            var other => $"says {other}",
        };
        var (text, style) = rule.Outcome switch
        {
            RuleOutcome.Decides => ($"{verb} it", rule.Verdict == RuleVerdict.Allow ? Good
                : rule.Verdict == RuleVerdict.Deny ? Bad : Style.Plain),
            RuleOutcome.Logs => ("logs it", Style.Plain),
            RuleOutcome.TooLate => ("matches too, after the decision", Quiet),
            _ => ("does not match", Quiet),
        };
        var child = node.AddNode(new Text($"{rule.Field} {text}{At(policy, rule.Field)}", style));
        foreach (var condition in rule.Conditions.Where(one => rule.Outcome == RuleOutcome.NoMatch != one.Holds))
        {
            var alternatives = condition.Alternatives.Where(one => one.Holds == condition.Holds).ToList();
            if (condition.Holds)
            {
                child.AddNode(new Text($"{condition.Part} {alternatives[0].Wanted}", Quiet));
                continue;
            }

            foreach (var alternative in alternatives)
            {
                child.AddNode(new Text($"not {condition.Part} {alternative.Wanted}: {alternative.Found}", Quiet));
            }
        }
    }

    /// <summary>"  file:line"; nothing for an object of a live cluster, whose kind and name say where it is.</summary>
    private string At(PolicyKey policy, string? field) =>
        _sources.PlaceOf(policy, field) is { Length: > 0 } place ? $"  {place}" : "";

    private static Style StyleOf(bool allowed) => allowed ? Good : Bad;

    private static string Word(bool allowed) => allowed ? "allowed" : "denied";
}
