using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate.Calico;

namespace Routing.Agent.Cli;

/// <summary>`routing policy eval`: what the policies of files or a cluster say of flows, with the reasons (DESIGN.md §8).</summary>
internal static class PolicyEvalVerb
{
    // A pipe that gives back what came in: names and addresses stay as they are, nothing is escaped for a web page.
    private static readonly JsonSerializerOptions AsWritten =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var verb = new Command("eval", "Say of each flow whether the policies allow it, and why.");
        var manifests = ClusterOptions.AddTo(verb);
        var flows = new Option<string>("--flows")
        {
            Description = "Flows, a JSON object a line: {\"from\":\"ns/pod or IP\",\"to\":\"ns/pod or IP\","
                + "\"protocol\":\"TCP|UDP|SCTP\",\"port\":N}, also {\"protocol\":\"ICMP\",\"type\":8} or a protocol's number; "
                + "- for standard input.",
            HelpName = "FILE",
            Required = true,
        };
        var staged = new Option<bool>("--staged")
        {
            Description = "As if Calico's staged policies were enforced, each in place of the one it is named after.",
        };
        verb.Options.Add(flows);
        verb.Options.Add(staged);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) =>
            RunAsync(
                result, manifests, result.GetRequiredValue(flows), result.GetValue(staged), output.IsJson(result),
                cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(
        ParseResult result, ClusterOptions manifests, string flowsPath, bool staged, bool json,
        CancellationToken cancellationToken)
    {
        var cluster = (await manifests.ReadAsync(result, cancellationToken))?.Cluster;
        var (questions, errors) = FlowFile.Read(flowsPath, cluster);
        foreach (var error in errors)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync($"routing: {error}");
        }

        if (cluster is null || !errors.IsEmpty)
        {
            return ExitCode.Usage;
        }

        var evaluator = new PolicyEvaluator(staged ? cluster.WithStaged() : cluster);
        var answers = questions.Select(question => (question, verdict: evaluator.Evaluate(question.Flow)));
        var writer = result.InvocationConfiguration.Output;
        if (json)
        {
            foreach (var (question, verdict) in answers)
            {
                await writer.WriteLineAsync(ToJson(question, verdict).ToJsonString(AsWritten));
            }

            return ExitCode.Success;
        }

        var table = new TextTable("FROM", "TO", "PROTOCOL", "PORT", "VERDICT", "REASONS");
        foreach (var ((_, flow), verdict) in answers)
        {
            table.Add(
                $"{flow.From}", $"{flow.To}", flow.Protocol.CalicoName(), PortOf(flow), Text(verdict.Allowed),
                string.Join("; ", Reasons(verdict).Select(reason => Sentence(reason.Family, reason.Reason))));
        }

        table.WriteTo(writer);
        return ExitCode.Success;
    }

    private static string PortOf(Flow flow) => flow.Protocol.HasPorts() ? $"{flow.Port}"
        : flow.Protocol.HasTypes() ? $"type {flow.IcmpType} code {flow.IcmpCode}"
        : "-";

    /// <summary>The flow as it was written, and the answer beside it.</summary>
    private static JsonObject ToJson(FlowLine question, FlowVerdict verdict)
    {
        var answer = (JsonObject)question.Json.DeepClone();
        answer["verdict"] = Text(verdict.Allowed);
        if (verdict.Differs)
        {
            answer["families"] = new JsonObject(verdict.Families.Select(family =>
                KeyValuePair.Create<string, JsonNode?>(FamilyName(family), Text(family.Allowed))));
        }

        var reasons = new JsonArray();
        foreach (var (family, reason) in Reasons(verdict))
        {
            var json = new JsonObject
            {
                ["side"] = reason.Side == Direction.Egress ? "egress" : "ingress",
                ["code"] = $"{reason.Code}",
                ["text"] = reason.ToString(),
            };
            if (reason.Layer is { } layer)
            {
                (json["hostEndpoint"], json["layer"]) = (reason.End, $"{layer}");
            }

            if (reason.Policy is { } policy)
            {
                json["policy"] = $"{policy.Name}";
                json["kind"] = $"{policy.Kind}";
            }

            if (reason.Field is { } field)
            {
                json["field"] = field;
            }

            if (family is not null)
            {
                json["family"] = FamilyName(family);
            }

            reasons.Add(json);
        }

        answer["reasons"] = reasons;
        return answer;
    }

    /// <summary>Each reason once; with its IP version where the versions do not share the reasons.</summary>
    private static IEnumerable<(FamilyVerdict? Family, Reason Reason)> Reasons(FlowVerdict verdict)
    {
        var first = verdict.Families[0];
        return verdict.Families.All(family => family.Reasons.SequenceEqual(first.Reasons))
            ? first.Reasons.Select(reason => ((FamilyVerdict?)null, reason))
            : verdict.Families.SelectMany(family => family.Reasons.Select(reason => ((FamilyVerdict?)family, reason)));
    }

    private static string Sentence(FamilyVerdict? family, Reason reason) =>
        family is null ? $"{reason}" : $"{FamilyName(family)}: {reason}";

    private static string FamilyName(FamilyVerdict family) =>
        family.Family == Policy.Rules.IpFamily.V4 ? "IPv4" : "IPv6";

    private static string Text(bool allowed) => allowed ? "Allow" : "Deny";
}
