using System.CommandLine;
using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp bfd`: the BFD sessions beside a running speaker's BGP sessions.</summary>
internal static class BgpBfdVerb
{
    public static Command Create()
    {
        var verb = new Command("bfd", "Show the BFD sessions of a running agent or speaker, a line each.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker)
                    .ListPeersAsync(new ListPeersRequest(), cancellationToken: cancellationToken));
            var peers = reply.Peers.Where(peer => peer.Bfd is not null).ToList();
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                reply.Peers.Clear();
                reply.Peers.AddRange(peers);
                await writer.WriteLineAsync(ProtoJson.Format(reply));
            }
            else
            {
                Write(peers, writer);
            }

            return ExitCode.Success;
        });
        return verb;
    }

    private static void Write(List<Peer> peers, TextWriter output)
    {
        var table = new TextTable("PEER", "ADDRESS", "HOPS", "STATE", "FOR", "PEER SAYS", "INTERVAL", "DETECTION", "FAILURES",
            "DIAGNOSTIC");
        foreach (var peer in peers)
        {
            var bfd = peer.Bfd;
            table.Add(
                peer.Name,
                peer.Address,
                bfd.Multihop ? "multi" : "single",
                bfd.State,
                Durations.Format(bfd.StateSeconds),
                bfd.RemoteState,
                string.Create(CultureInfo.InvariantCulture, $"{bfd.TransmitIntervalMs} ms"),
                string.Create(CultureInfo.InvariantCulture, $"{bfd.DetectionTimeMs} ms"),
                bfd.Failures.ToString(CultureInfo.InvariantCulture),
                bfd.Diagnostic);
        }

        table.WriteTo(output);
    }
}
