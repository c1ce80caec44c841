using System.CommandLine;
using Routing.Agent.Grpc.Protocol;
using How = Routing.Agent.Grpc.Protocol.ClearPeerRequest.Types.How;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp clear NAME`: a session anew, or its routes.</summary>
internal static class BgpClearVerb
{
    public static Command Create()
    {
        var name = SteeringVerb.PeerArgument();
        var reason = SteeringVerb.ReasonOption();
        var soft = new Option<string?>("--soft")
        {
            Description = "Leave the session alone: 'in' asks the peer for its routes again (RFC 2918), 'out' sends it ours "
                + "again. A changed policy needs neither; it is applied by itself.",
            HelpName = "in|out",
        };
        soft.AcceptOnlyFromAmong("in", "out");
        var verb = new Command("clear", """
            End the session with a peer with CEASE Administrative Reset (RFC 4486) and begin anew; traffic through the peer
            stops until its routes are back. With --soft the session stands and routes are exchanged again.
            """)
        {
            name, soft, reason,
        };
        return verb.Asking(async (client, result, cancellationToken) => await client.ClearPeerAsync(
            new ClearPeerRequest
            {
                Name = result.GetRequiredValue(name),
                Reason = result.GetValue(reason) ?? "",
                How = result.GetValue(soft) switch { "in" => How.SoftIn, "out" => How.SoftOut, _ => How.Reset },
            },
            cancellationToken: cancellationToken));
    }
}
