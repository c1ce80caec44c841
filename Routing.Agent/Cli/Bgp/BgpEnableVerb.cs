using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp enable NAME`.</summary>
internal static class BgpEnableVerb
{
    public static Command Create()
    {
        var name = SteeringVerb.PeerArgument();
        return new Command("enable", "Let a peer come up again that was shut down.") { name }
            .Asking(async (client, result, cancellationToken) => await client.EnablePeerAsync(
                new EnablePeerRequest { Name = result.GetRequiredValue(name) }, cancellationToken: cancellationToken));
    }
}
