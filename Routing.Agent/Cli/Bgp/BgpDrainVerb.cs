using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp drain [NAME...]`: sessions out of service without losing packets.</summary>
internal static class BgpDrainVerb
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "The peers, by name or address; without any, all of them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var reason = SteeringVerb.ReasonOption();
        var timeout = Seconds("--timeout", 60, "Longest wait; then the sessions are shut down whatever is still in use.");
        var settle = Seconds("--settle", 10, "The wait ends when nothing that can be seen has changed for so long.");
        var keepUp = new Option<bool>("--keep-up")
        {
            Description = "Leave the sessions up in the end, as the last choice, until `routing bgp enable`.",
        };
        var verb = new Command("drain", """
            Take peers out of service without losing packets (RFC 8326): tell them all our routes with GRACEFUL_SHUTDOWN, which
            makes them their last choice, wait until traffic has moved as far as that can be seen, then shut the sessions down
            with a reason. Ctrl-C before the shutdown takes it back; `routing bgp enable NAME` brings a peer back later.

            What can be seen: a peer that prefers another path usually announces it to us (moved away). A peer that has no
            other path stays with ours, and the wait ends when nothing changes any more.
            """)
        {
            names, reason, timeout, settle, keepUp,
        };
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction((result, cancellationToken) => AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
        {
            var request = new DrainRequest
            {
                Reason = result.GetValue(reason) ?? "",
                TimeoutSeconds = result.GetValue(timeout),
                SettleSeconds = result.GetValue(settle),
                KeepUp = result.GetValue(keepUp),
            };
            request.Names.AddRange(result.GetValue(names) ?? []);
            using var call = new BgpApi.BgpApiClient(invoker).Drain(request, cancellationToken: cancellationToken);
            var writer = result.InvocationConfiguration.Output;
            await foreach (var status in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                await (output.IsJson(result) ? writer.WriteLineAsync(ProtoJson.FormatLine(status))
                    : WriteAsync(status, writer));
                await writer.FlushAsync(cancellationToken);
            }

            return ExitCode.Success;
        }));
        return verb;
    }

    private static async Task WriteAsync(DrainStatus status, TextWriter output)
    {
        if (status.ShutDown)
        {
            await output.WriteLineAsync("shut down");
            return;
        }

        foreach (var peer in status.Peers)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{status.ElapsedSeconds,5:F1}s {status.Stage,-8} {peer.Peer}: {peer.MovedAway} of {peer.Advertised} prefixes "
                + $"moved away, {peer.InUse} in use here{Traffic(peer)}"));
        }
    }

    private static string Traffic(PeerDrain peer) => peer.Interface.Length == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $", {peer.OctetsReceivedPerSecond:F0} octets/s in on {peer.Interface}");

    private static Option<double> Seconds(string name, double otherwise, string description)
    {
        var option = new Option<double>(name)
        {
            Description = description,
            HelpName = "SECONDS",
            DefaultValueFactory = _ => otherwise,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!double.TryParse(
                token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is <= 0 or > 86400))
            {
                result.AddError($"{name} '{token.Value}': allowed are seconds above 0 and up to 86400");
            }
        });
        return option;
    }
}
