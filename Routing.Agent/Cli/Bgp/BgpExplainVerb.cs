using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp explain PREFIX`: who won and why, and who was told.</summary>
internal static class BgpExplainVerb
{
    public static Command Create()
    {
        var verb = new Command("explain", """
            Explain a prefix: every path, the step of the decision process that chose (RFC 4271 §9.1.2.2), what each loser
            lost against, and for each peer whether it was told, and if not, why.
            """);
        var prefix = PrefixArgument.Create(
            "The prefix; of an address, the longest prefix that covers it.", ArgumentArity.ExactlyOne);
        verb.Arguments.Add(prefix);
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var request = new ExplainRequest { Prefix = result.GetValue(prefix) };
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker).ExplainAsync(request, cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
            }
            else
            {
                ExplanationTree.Write(reply, writer);
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
