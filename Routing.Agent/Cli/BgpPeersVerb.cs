using System.CommandLine;
using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing bgp peers`: the sessions of a running speaker.</summary>
internal static class BgpPeersVerb
{
    public static Command Create()
    {
        var verb = new Command("peers", "Show the BGP sessions of a running agent or speaker.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker)
                    .ListPeersAsync(new ListPeersRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            var table = new TextTable("PEER", "ADDRESS", "AS", "STATE", "FOR", "PREFIXES", "IN", "OUT", "LAST ERROR");
            foreach (var peer in reply.Peers)
            {
                table.Add(peer.Name, peer.Address, Text(peer.Asn), peer.State, Durations.Format(peer.StateSeconds),
                    Text(peer.PrefixesReceived), Text(peer.MessagesReceived), Text(peer.MessagesSent), peer.LastError);
            }

            table.WriteTo(writer);
            return ExitCode.Success;
        });
        return verb;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
