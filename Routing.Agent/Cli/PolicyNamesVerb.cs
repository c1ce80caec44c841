using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing policy names`: what domain names of policies stand for on a node, until when, and who asked.</summary>
internal static class PolicyNamesVerb
{
    public static Command Create()
    {
        var verb = new Command("names", "Show the addresses that domain names of policies stand for on the node of a running agent.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new AgentApi.AgentApiClient(invoker)
                    .ListNamesAsync(new ListNamesRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            var table = new TextTable("NAME", "ADDRESS", "FOR", "ANSWERS", "LAST ASKED BY");
            foreach (var name in reply.Names)
            {
                foreach (var (i, address) in name.Addresses.Index())
                {
                    var isFirst = i == 0;
                    table.Add(
                        isFirst ? name.Name : "", address.Address, Durations.Format(address.SecondsLeft),
                        isFirst ? $"{name.Answers}" : "", isFirst ? name.LastAsker : "");
                }
            }

            table.WriteTo(writer);
            return ExitCode.Success;
        });
        return verb;
    }
}
