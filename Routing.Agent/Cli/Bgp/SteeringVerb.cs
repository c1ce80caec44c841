using System.CommandLine;
using System.Text;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>What the verbs that steer one peer have in common: the peer, the socket, what they print.</summary>
internal static class SteeringVerb
{
    /// <summary>What NOTIFICATION has room for (RFC 9003 §2).</summary>
    private const int LongestReason = 255;

    /// <summary>NAME of a peer.</summary>
    public static Argument<string> PeerArgument() => new("NAME") { Description = "The peer, by name or address." };

    /// <summary>`--reason TEXT`.</summary>
    public static Option<string?> ReasonOption()
    {
        var reason = new Option<string?>("--reason")
        {
            Description = "Told to the peer's operator in the NOTIFICATION (RFC 9003); at most 255 octets of UTF-8.",
            HelpName = "TEXT",
        };
        reason.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Encoding.UTF8.GetByteCount(token.Value) is > LongestReason and var octets)
            {
                result.AddError($"--reason has {octets} octets; allowed are {LongestReason}");
            }
        });
        return reason;
    }

    /// <summary>Makes the verb ask and print what was done.</summary>
    public static Command Asking(
        this Command verb, Func<BgpApi.BgpApiClient, ParseResult, CancellationToken, Task<SteeringReply>> ask)
    {
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(
                socket.PathOf(result), invoker => ask(new BgpApi.BgpApiClient(invoker), result, cancellationToken));
            await result.InvocationConfiguration.Output.WriteLineAsync(
                output.IsJson(result) ? ProtoJson.Format(reply) : $"{reply.Peer}: {reply.Done}");
            return ExitCode.Success;
        });
        return verb;
    }
}
