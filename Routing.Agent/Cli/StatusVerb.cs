using System.CommandLine;
using Google.Protobuf.Collections;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli;

/// <summary>`routing status`: one agent at a glance. Exit code 1 when it is not ready.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var verb = new Command("status", "Show how a running agent fares.");
        var socket = AgentSocket.AddTo(verb);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var status = await AgentConnection.AskAsync(socket.PathOf(result), async invoker =>
                await new AgentApi.AgentApiClient(invoker)
                    .GetStatusAsync(new GetStatusRequest(), cancellationToken: cancellationToken));
            var writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                await writer.WriteLineAsync(ProtoJson.Format(status));
            }
            else
            {
                Write(status, writer);
            }

            return status.Ready ? ExitCode.Success : ExitCode.Failed;
        });
        return verb;
    }

    private static void Write(StatusReply status, TextWriter writer)
    {
        writer.WriteLine($"Node        {status.Node}");
        writer.WriteLine($"Version     {status.Version}, up {Durations.Format(status.UptimeSeconds)}");
        writer.WriteLine($"State       {(status.Ready ? "ready" : "not ready")}");
        foreach (var reason in status.NotReady)
        {
            writer.WriteLine($"            {reason}");
        }

        var followed = status.Watches.Where(watch => watch is { Synced: true, Undefined: false }).ToList();
        var away = followed.Where(watch => !watch.Connected).Select(watch => watch.Resource).ToList();
        if (away.Count > 0)
        {
            writer.WriteLine($"            the API server does not tell of {(away.Count == followed.Count ? "anything" : string.Join(", ", away))}: "
                + "what was known last is in force");
        }

        writer.WriteLine($"Pod CIDRs   {Listed(status.PodCidrs)}");
        writer.WriteLine($"Pods        {status.Pods}");
        writer.WriteLine($"Policies    {status.Policies}");
        writer.WriteLine(status.Speaker.Running
            ? $"BGP         AS {status.Speaker.Asn}, router id {status.Speaker.RouterId}, "
                + $"{status.Speaker.Established} of {status.Speaker.Peers} sessions established"
            : "BGP         not running");
        foreach (var problem in status.Speaker.Problems)
        {
            writer.WriteLine($"            {problem}");
        }

        writer.WriteLine($"Routes      {status.Fib.Installed} in the kernel, {status.Fib.Pending} pending, "
            + $"converged: {Listed(status.Fib.Converged)}");
        WriteError(writer, status.Fib.LastError);
        writer.WriteLine($"Rules       {status.Dataplane.Backend}: {status.Dataplane.Applies} transactions, {status.Dataplane.Failures} refused, "
            + $"last {Durations.Format(status.Dataplane.LastApplySecondsAgo)} ago in "
            + $"{status.Dataplane.LastApplyMilliseconds:0.0} ms");
        WriteError(writer, status.Dataplane.LastError);
        var domains = status.Domains;
        writer.WriteLine($"Names       {domains.Names} for {domains.Addresses} addresses, {domains.Answers} answers, "
            + $"{domains.Late} packets late, {domains.Unread} unread, {domains.Connections} TCP connections followed");
        WriteError(writer, domains.Problem);
        writer.WriteLine();
        var table = new TextTable("WATCH", "STATE", "SYNCED", "SINCE", "LAST ERROR");
        foreach (var watch in status.Watches)
        {
            table.Add(watch.Resource, !watch.Connected ? "disconnected" : watch.Undefined ? "not defined" : "connected", watch.Synced ? "yes" : "no",
                Durations.Format(watch.SinceSeconds), watch.LastError);
        }

        table.WriteTo(writer);
        foreach (var watch in status.Watches.Where(watch => watch.Unreadable.Count > 0))
        {
            writer.WriteLine($"{watch.Resource}: not all can be read of {Listed(watch.Unreadable)}");
        }
    }

    private static void WriteError(TextWriter writer, string error)
    {
        if (error.Length > 0)
        {
            writer.WriteLine($"            {error}");
        }
    }

    private static string Listed(RepeatedField<string> items) => items.Count == 0 ? "none" : string.Join(", ", items);
}
