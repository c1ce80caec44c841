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

            var table = new TextTable("PEER", "ADDRESS", "AS", "STATE", "FOR", "RECEIVED", "ADVERTISED", "LAST ERROR");
            foreach (var peer in reply.Peers)
            {
                table.Add(peer.Name, peer.Address, Text(peer.Asn), peer.State, Durations.Format(peer.StateSeconds),
                    Counts(peer, family => family.Received), Counts(peer, family => family.Advertised), peer.LastError);
            }

            table.WriteTo(writer);
            return ExitCode.Success;
        });
        return verb;
    }

    private static string Counts(Peer peer, Func<PeerFamily, uint> count) =>
        string.Join(' ', peer.Families.Select(family => $"{family.Family}:{count(family)}"));

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
