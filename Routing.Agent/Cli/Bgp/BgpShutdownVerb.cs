using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp shutdown NAME`.</summary>
internal static class BgpShutdownVerb
{
    public static Command Create()
    {
        var name = SteeringVerb.PeerArgument();
        var reason = SteeringVerb.ReasonOption();
        var verb = new Command("shutdown", """
            End the session with a peer with CEASE Administrative Shutdown and keep it down until `routing bgp enable`, also
            through changes of configuration; a restart of the speaker forgets it. Both sides drop each other's routes at
            once: `routing bgp drain` moves the traffic away first.
            """)
        {
            name, reason,
        };
        return verb.Asking(async (client, result, cancellationToken) => await client.ShutdownPeerAsync(
            new ShutdownPeerRequest
            {
                Name = result.GetRequiredValue(name),
                Reason = result.GetValue(reason) ?? "",
            },
            cancellationToken: cancellationToken));
    }
}
