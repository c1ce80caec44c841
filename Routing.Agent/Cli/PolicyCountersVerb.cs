using System.CommandLine;
using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing policy counters`: how many packets each rule of each policy has decided on an agent's node.</summary>
internal static class PolicyCountersVerb
{
    public static Command Create()
    {
        var verb = new Command("counters", """
            Show how many packets each rule of each policy has decided on a running agent's node, also those that have decided none.
            The agent has to be started with --count-rules.

            Packets are those that begin a connection; established ones pass before any rule. What no rule of a tier matches is a line
            of the tier. A packet that is left to the next tier is counted there again.
            """);
        var policy = new Option<string?>("--policy")
        {
            Description = "Only this policy's rules; without NS, of those of the name in any namespace.",
            HelpName = "[NS/]NAME",
        };
        var unused = new Option<bool>("--unused") { Description = "Only rules that have decided nothing." };
        verb.Options.Add(policy);
        verb.Options.Add(unused);
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new AgentApi.AgentApiClient(invoker).CountRulesAsync(
                    new CountRulesRequest { Policy = result.GetValue(policy) ?? "" }, cancellationToken: cancellationToken));
            if (result.GetValue(unused))
            {
                var zeros = reply.Rules.Where(rule => rule is { Packets: 0, Name.Length: > 0 }).ToList();
                reply = new CountRulesReply();
                reply.Rules.AddRange(zeros);
            }

            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            WriteTable(reply, writer);
            return ExitCode.Success;
        });
        return verb;
    }

    /// <summary>A row for each rule.</summary>
    internal static void WriteTable(CountRulesReply reply, TextWriter writer)
    {
        var table = new TextTable("TIER", "POLICY", "KIND", "DIRECTION", "RULE", "VERDICT", "PACKETS", "OCTETS");
        foreach (var rule in reply.Rules)
        {
            table.Add(
                rule.Tier, rule.Namespace.Length == 0 ? rule.Name : $"{rule.Namespace}/{rule.Name}", rule.Kind,
                rule.Layer.Length == 0 ? rule.Direction : $"{rule.Direction} {rule.Layer}",
                rule.Name.Length == 0 ? "no rule matches" : rule.Field, rule.Verdict,
                rule.Packets.ToString(CultureInfo.InvariantCulture), rule.Octets.ToString(CultureInfo.InvariantCulture));
        }

        table.WriteTo(writer);
    }
}
