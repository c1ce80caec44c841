using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp peers [NAME]`: the sessions of a running speaker, or one of them in detail.</summary>
internal static class BgpPeersVerb
{
    public static Command Create()
    {
        var verb = new Command("peers",
            "Show the BGP sessions of a running agent or speaker: a line each, or one with all that is known of it.");
        var name = new Argument<string?>("NAME")
        {
            Description = "Only this peer, by name or address, in detail: session, transport, routes, messages.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        verb.Arguments.Add(name);
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var request = new ListPeersRequest { Name = result.GetValue(name) ?? "" };
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker).ListPeersAsync(request, cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
            }
            else if (request.Name.Length > 0)
            {
                PeerView.Write(reply.Peers[0], writer);
            }
            else
            {
                PeerTable.Write(reply.Peers, writer);
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
