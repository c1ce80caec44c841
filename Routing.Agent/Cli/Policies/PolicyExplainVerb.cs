using System.CommandLine;
using Routing.Agent.Manifests;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;

namespace Routing.Agent.Cli.Policies;

/// <summary>`routing policy explain`: the verdict on one flow and the whole way to it.</summary>
internal static class PolicyExplainVerb
{
    private const string Allow = "allow";
    private const string Deny = "deny";

    public static Command Create()
    {
        var verb = new Command("explain", """
            Explain a flow: the verdict for each IP version, and each side's way through tiers, policies and rules: which policies
            select the pod, which rule matched, why the others did not, and the line that decides. With --live: the rules, sets,
            elements and counters in the kernel of this node that the flow's first packet meets, and whose rules they are.
            """);
        var cluster = ClusterOptions.AddTo(verb);
        var flow = FlowOptions.AddTo(verb);
        var live = LiveExplain.AddTo(verb, cluster);
        var expect = new Option<string?>("--expect")
        {
            Description = "Exit with 1 unless the verdict is this: allow or deny.",
            HelpName = "VERDICT",
        };
        expect.AcceptOnlyFromAmong(Allow, Deny);
        verb.Options.Add(expect);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            if (live.IsAsked(result))
            {
                bool? expected = result.GetValue(expect) is { } word ? word == Allow : null;
                return await live.RunAsync(result, flow, output.IsJson(result), expected, cancellationToken);
            }

            if (await cluster.ReadAsync(result, cancellationToken) is not { } manifests)
            {
                return ExitCode.Usage;
            }

            var flows = flow.Read(result, manifests);
            var explanation = new FlowExplainer(manifests.Cluster).Explain(flows[0]);
            var others = Others(flows, explanation, manifests);
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ExplanationJson.Format(explanation, manifests.Sources, others));
            }
            else
            {
                FlowExplanationTree.Write(explanation, manifests.Sources, writer);
                foreach (var other in others)
                {
                    await writer.WriteLineAsync($"not so {other.From} -> {other.To}: explain it by its name");
                }
            }

            var isAllowed = explanation.Verdict.Allowed && !explanation.Verdict.Differs;
            return result.GetValue(expect) switch
            {
                Allow when !isAllowed || others.Count > 0 => ExitCode.Failed,
                Deny when explanation.Verdict.Allowed || others.Count > 0 => ExitCode.Failed,
                _ => ExitCode.Success,
            };
        });
        return verb;
    }

    /// <summary>The flows of a workload's other pods that fare otherwise than the first one's.</summary>
    private static List<Flow> Others(IReadOnlyList<Flow> flows, FlowExplanation first, ClusterManifests manifests)
    {
        var evaluator = new PolicyEvaluator(manifests.Cluster);
        return [.. flows.Skip(1).Where(flow =>
            flow.From != flow.To && evaluator.Evaluate(flow) is var verdict
            && (verdict.Allowed, verdict.Differs) != (first.Verdict.Allowed, first.Verdict.Differs))];
    }
}
