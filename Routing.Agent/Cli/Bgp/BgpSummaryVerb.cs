using System.CommandLine;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp summary`: a running speaker at a glance.</summary>
internal static class BgpSummaryVerb
{
    public static Command Create()
    {
        var verb = new Command("summary",
            "Show a running speaker at a glance: who it is, how much its tables hold, how its sessions are.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new BgpApi.BgpApiClient(invoker)
                    .GetSummaryAsync(new GetSummaryRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(reply));
                return ExitCode.Success;
            }

            Write(reply, writer);
            return ExitCode.Success;
        });
        return verb;
    }

    private static void Write(SummaryReply reply, TextWriter output)
    {
        var view = new DetailView().Section($"AS {reply.Asn}, router id {reply.RouterId}");
        foreach (var family in reply.Families)
        {
            view.Add(family.Family, $"{family.Prefixes} prefixes, {family.Originated} of our own"
                + (family.Converged ? "" : "; waiting for the peers' End-of-RIB"));
        }

        view.Add("tables", $"{reply.Paths} paths with {reply.AttributeSets} sets of attributes")
            .Add("peers", $"{reply.Peers.Count}, {reply.Peers.Count(peer => peer.State == "Established")} established");
        AddMonitoring(reply, view);
        view.WriteTo(output);
        if (reply.Peers.Count > 0)
        {
            output.WriteLine();
            PeerTable.Write(reply.Peers, output);
        }
    }

    private static void AddMonitoring(SummaryReply reply, DetailView view)
    {
        foreach (var station in reply.BmpStations)
        {
            view.Add($"BMP {station.Name}", $"{station.Address}, " + (station.Connected
                ? $"connected, {station.OctetsSent} octets sent"
                : $"not connected{Because(station.LastError)}"));
        }

        foreach (var log in reply.MrtLogs)
        {
            view.Add(
                "MRT log",
                $"{log.Directory}, {log.Records} records, {log.Dropped} lost{Because(log.Error)}");
        }

        foreach (var source in reply.MrtSources)
        {
            view.Add(
                $"MRT {source.Name}",
                $"{source.File}, {source.Updates} updates{(source.Done ? "" : " so far")}, "
                + $"{source.Malformed} records not understood{Because(source.Error)}");
        }
    }

    private static string Because(string reason) => reason.Length == 0 ? "" : $": {reason}";
}
