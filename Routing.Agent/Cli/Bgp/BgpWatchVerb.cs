using System.CommandLine;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp watch`: sessions and updates as they happen.</summary>
internal static class BgpWatchVerb
{
    public static Command Create()
    {
        var verb = new Command("watch", """
            Show what happens from now on, a line for each event: sessions changing state, routes announced and withdrawn,
            End-of-RIB, NOTIFICATIONs, errors in UPDATEs. With -o json a JSON object on each line. Ends with Ctrl-C.

            The state of each peer comes first. A watcher that cannot keep up loses events and is told how many; it does not
            slow the speaker.
            """);
        var peer = new Option<string?>("--peer") { Description = "Only this peer, by name or address.", HelpName = "NAME" };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "Of routes, only this prefix and those inside it.",
            HelpName = "PREFIX",
        };
        var count = new Option<int?>("--count") { Description = "End after so many events.", HelpName = "N" };
        prefix.Validators.Add(PrefixArgument.Check);
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var number) || number < 1))
            {
                result.AddError($"--count '{token.Value}': allowed is a number from 1 on");
            }
        });
        foreach (var option in new Option[] { peer, prefix, count })
        {
            verb.Options.Add(option);
        }

        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var request = new WatchRequest
            {
                Peer = result.GetValue(peer) ?? "",
                Prefix = result.GetValue(prefix) ?? "",
            };
            try
            {
                await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                {
                    using var call = new BgpApi.BgpApiClient(invoker).Watch(request, cancellationToken: cancellationToken);
                    await WriteAsync(
                        call.ResponseStream.ReadAllAsync(cancellationToken).Take(result.GetValue(count) ?? int.MaxValue),
                        output.IsJson(result) ? ProtoJson.FormatLine : WatchLine.Format,
                        result.InvocationConfiguration.Output);
                    return true;
                });
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new UserErrorException($"{socket.PathOf(result)}: the speaker has ended");
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how a watch ends.
            }

            return ExitCode.Success;
        });
        return verb;
    }

    private static async Task WriteAsync(
        IAsyncEnumerable<WatchEvent> events, Func<WatchEvent, string> format, TextWriter output)
    {
        await foreach (var @event in events)
        {
            await output.WriteLineAsync(format(@event));
            await output.FlushAsync();
            if (OutputReader.IsGone(output))
            {
                return;
            }
        }
    }
}
