using System.CommandLine;
using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp rpki`: what a running speaker knows from the RPKI, and from whom.</summary>
internal static class BgpRpkiVerb
{
    public static Command Create()
    {
        var verb = new Command("rpki",
            "Show what a running speaker knows from the RPKI: its caches, their data, and how many payloads count.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker).GetRpkiAsync(new GetRpkiRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
            }
            else
            {
                Write(reply, writer);
            }

            return ExitCode.Success;
        });
        return verb;
    }

    private static void Write(RpkiReply reply, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reply.Ipv4Vrps} IPv4 and {reply.Ipv6Vrps} IPv6 ROA payloads, {reply.Aspas} ASPAs"));
        if (reply.Caches.Count == 0)
        {
            return;
        }

        var table = new TextTable("CACHE", "PREFERENCE", "STATE", "FOR", "USED", "SERIAL", "UPDATED", "VRPS", "ASPAS", "LAST ERROR");
        foreach (var cache in reply.Caches)
        {
            table.Add(
                cache.Address.Contains(':', StringComparison.Ordinal)
                    ? $"[{cache.Address}]:{cache.Port}" : $"{cache.Address}:{cache.Port}",
                $"{cache.Preference}",
                cache.State,
                Durations.Format(cache.StateSeconds),
                cache.Used ? "yes" : "no",
                cache.HasSerial ? $"{cache.Serial}" : "-",
                cache.HasUpdatedSecondsAgo ? $"{Durations.Format(cache.UpdatedSecondsAgo)} ago" : "-",
                $"{cache.Vrps}",
                $"{cache.Aspas}",
                cache.LastError);
        }

        table.WriteTo(output);
    }
}
