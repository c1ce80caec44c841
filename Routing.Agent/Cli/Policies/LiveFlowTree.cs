using System.Globalization;
using Routing.Agent.Grpc.Protocol;
using Spectre.Console;

namespace Routing.Agent.Cli.Policies;

/// <summary>What a node's kernel makes of a flow, as a tree: the rules that the packet meets, each chain under the rule that leads
/// there, then what the policies say.</summary>
internal static class LiveFlowTree
{
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Quiet = new(Color.Grey);

    /// <summary>Writes it.</summary>
    public static void Write(ExplainFlowReply flow, TextWriter output)
    {
        var verdicts = flow.Families.Select(family => Word(family.Verdict)).Distinct().ToList();
        var tree = new Tree(new Text(
            $"{flow.From.Name} -> {flow.To.Name} {flow.Protocol} {Number(flow.Port)}: "
            + (verdicts is [var one] ? $"{one} by the rules of node {flow.Node} ({flow.Backend})"
                : $"depends on the {Difference(flow)} by the rules of node {flow.Node} ({flow.Backend})")))
        { Guide = TreeGuide.Line };
        foreach (var family in flow.Families)
        {
            var link = family.Link.Length > 0 ? $", by {family.Link}" : "";
            var text = $"{family.Family} ({family.Source} -> {family.Destination}{link}): {Word(family.Verdict)}";
            Add(tree.AddNode(new Text(text, StyleOf(family.Verdict == "Passes"))), family, flow);
        }

        var console = Terminal.ConsoleFor(output);
        console.Write(tree);
        if (!flow.Agrees)
        {
            console.Write(new Text(
                $"DISAGREEMENT: the rules in the kernel of node {flow.Node} do not do what the policies say\n", Bad));
        }
    }

    private static void Add(TreeNode node, LiveFamily family, ExplainFlowReply flow)
    {
        var rules = node.AddNode(new Text(
            family.Steps.Count > 0 ? "rules in the kernel" : "rules in the kernel: none is met"));
        List<TreeNode> parents = [rules];
        foreach (var step in family.Steps)
        {
            var depth = Math.Min((int)step.Depth, parents.Count - 1);
            parents.RemoveRange(depth + 1, parents.Count - depth - 1);
            var child = parents[depth].AddNode(new Text(LineOf(step), StyleOf(step)));
            parents.Add(child);
            foreach (var lookup in step.Lookups.Where(lookup => lookup.Origin is not null))
            {
                child.AddNode(new Text($"put there by {NameOf(lookup.Origin)}"));
            }

            if (step.Unknown.Length > 0)
            {
                child.AddNode(new Text($"not ours, and this cannot be told from the packet: {step.Unknown}", Bad));
            }
        }

        var policies = node.AddNode(new Text(
            $"policies: {(family.Policies == "Allow" ? "allowed" : "denied")}"
            + (family.Agrees ? "" : family.Verdict == "Unknown" ? ", and what the kernel does cannot be told" : ", and the kernel does not do so"),
            family.Agrees ? StyleOf(family.Policies == "Allow") : Bad));
        foreach (var reason in family.Reasons)
        {
            policies.AddNode(new Text(reason.Counts ? $"{reason.Text}, which has decided {Count(reason.Packets, reason.Octets)} here" : reason.Text));
        }

        AddUnseen(policies, "egress from", flow.From);
        AddUnseen(policies, "ingress to", flow.To);
        foreach (var difference in family.Differences)
        {
            node.AddNode(new Text($"changed by somebody else: {difference}", Bad));
        }
    }

    private static void AddUnseen(TreeNode node, string side, LiveEnd end)
    {
        if (!end.LookedAt)
        {
            node.AddNode(new Text($"{side} {end.Name} is not looked at: {end.WhyNot}", Quiet));
        }
    }

    /// <summary>"ingress-0123456789ab 2: ingress-0123456789ab-peers4 has 10.1.0.5: accept  7 packets, 420 octets  # why".</summary>
    private static string LineOf(LiveStep step)
    {
        var parts = step.Lookups.Select(lookup => $"{lookup.Set} has {(lookup.Found ? "" : "not ")}{lookup.Element}");
        var said = step.Matches ? [.. parts, step.Action.Length > 0 ? step.Action : "goes on"] : parts;
        var count = step.Counts && step.Matches
            ? $"  {Count(step.Packets, step.Octets)}" : "";
        var place = step.Rule == 0 ? $"{step.Chain}, at its end" : $"{step.Chain} {Number(step.Rule)}";
        return $"{place}: {string.Join(": ", said)}{count}{(step.Matches && step.Comment.Length > 0 ? $"  # {step.Comment}" : "")}";
    }

    private static Style StyleOf(LiveStep step) => !step.Matches ? Quiet
        : step.Action == "drop" ? Bad
        : step.Action == "accept" ? Good
        : Style.Plain;

    private static Style StyleOf(bool allowed) => allowed ? Good : Bad;

    private static string Difference(ExplainFlowReply flow) =>
        flow.Families.GroupBy(family => family.Family).Any(of => of.Select(family => family.Verdict).Distinct().Count() > 1)
            ? "interface" : "IP version";

    private static string Word(string verdict) => verdict switch
    {
        "Passes" => "passed",
        "Drops" => "dropped",
        _ => "cannot be told",
    };

    private static string NameOf(DecidingRule rule) =>
        (rule.Namespace.Length == 0 ? $"{rule.Kind} {rule.Name}" : $"{rule.Kind} {rule.Namespace}/{rule.Name}") + $" {rule.Field}";

    private static string Count(ulong packets, ulong octets) => $"{Number(packets)} packet{(packets == 1 ? "" : "s")}, {Number(octets)} octets";

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
