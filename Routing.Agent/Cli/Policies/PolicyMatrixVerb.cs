using System.CommandLine;
using Routing.Agent.Manifests;
using Routing.Policy.Analysis;
using Routing.Policy.Model;

namespace Routing.Agent.Cli.Policies;

/// <summary>`routing policy matrix`: who may talk to whom.</summary>
internal static class PolicyMatrixVerb
{
    private const string Namespace = "namespace";
    private const string ByWorkload = "workload";
    private const string Pod = "pod";

    public static Command Create()
    {
        var verb = new Command("matrix", "Show who may talk to whom over which ports: pods, host endpoints, the world outside the cluster.");
        var cluster = ClusterOptions.AddTo(verb);
        var by = new Option<string>("--by")
        {
            Description = "A row and a column for each namespace, workload or pod.",
            DefaultValueFactory = _ => Namespace,
        };
        by.AcceptOnlyFromAmong(Namespace, ByWorkload, Pod);
        var port = new Option<string?>("--port")
        {
            Description = "Only this port, as in 80, 80/tcp, 53/udp: cells are yes, no, or some.",
            HelpName = "PORT[/PROTOCOL]",
        };
        var format = new Option<string>("--output", "-o")
        {
            Description = "table, csv, json or svg (a picture).",
            DefaultValueFactory = _ => "table",
        };
        format.AcceptOnlyFromAmong("table", "csv", "json", "svg");
        var json = new Option<bool>("--json") { Description = "The same as -o json." };
        verb.Options.Add(by);
        verb.Options.Add(port);
        verb.Options.Add(format);
        verb.Options.Add(json);
        verb.SetAction(async (result, cancellationToken) =>
        {
            (TransportProtocol, ushort)? only = result.GetValue(port) is { } text ? FlowOptions.ParsePort(text) : null;
            if (await cluster.ReadAsync(result, cancellationToken) is not { } manifests)
            {
                return ExitCode.Usage;
            }

            ClusterOptions.RefuseEmpty(manifests.Cluster);
            var matrix = FlowMatrix.Of(
                FlowClasses.Of([manifests.Cluster], only), pod => GroupOf(pod, result.GetRequiredValue(by), manifests));
            var writer = new MatrixWriter(matrix, only);
            await result.InvocationConfiguration.Output.WriteAsync(
                (result.GetValue(json) ? "json" : result.GetRequiredValue(format)) switch
                {
                    "csv" => writer.Csv(),
                    "json" => writer.Json(),
                    "svg" => writer.Svg(),
                    _ => writer.Table(),
                });
            return ExitCode.Success;
        });
        return verb;
    }

    private static string GroupOf(NamespacedName pod, string by, ClusterManifests manifests) => by switch
    {
        Namespace => pod.Namespace,
        ByWorkload => $"{manifests.Sources.WorkloadOf(manifests.Cluster.Pods[pod])}",
        _ => $"{pod}",
    };
}
