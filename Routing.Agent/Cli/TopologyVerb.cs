using System.CommandLine;
using Routing.Agent.Grpc.Protocol;
using Routing.Agent.KubeApi;
using Routing.Agent.Topology;

namespace Routing.Agent.Cli;

/// <summary>`routing topology export`: nodes, routers and BGP sessions as a map or a drawing.</summary>
internal static class TopologyVerb
{
    private const string GeoJson = "geojson";
    private const string Dot = "dot";
    private const string Svg = "svg";

    public static Command Create() => new("topology", "Nodes, routers and BGP sessions as a map or a drawing.")
    {
        CreateExport(),
    };

    private static Command CreateExport()
    {
        var format = new Option<string>("--format")
        {
            Description = "geojson for map tools, dot for Graphviz, svg for a browser.",
            DefaultValueFactory = _ => GeoJson,
        };
        format.AcceptOnlyFromAmong(GeoJson, Dot, Svg);
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "Read nodes and BGPPeers from this cluster (default: from the agents).",
            HelpName = "FILE",
        };
        var verb = new Command("export", "Write the topology to standard output.") { format, kubeconfig };
        var socket = AgentSocket.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var views = await ReadAsync(result, result.GetValue(kubeconfig), socket, cancellationToken);
            var graph = TopologyGraphBuilder.Build(views);
            var text = result.GetValue(format) switch
            {
                Dot => DotWriter.Write(graph),
                Svg => SvgWriter.Write(graph),
                _ => GeoJsonWriter.Write(graph, Places(graph, result.InvocationConfiguration.Error)) + "\n",
            };
            await result.InvocationConfiguration.Output.WriteAsync(text);
            return ExitCode.Success;
        });
        return verb;
    }

    /// <summary>The cluster's objects from the API server or an agent, states of sessions from all agents that can be
    /// asked here: the one that was named, else those of a lab, else this node's.</summary>
    private static async Task<IReadOnlyList<TopologyReply>> ReadAsync(
        ParseResult result, string? kubeconfig, AgentSocket socket, CancellationToken cancellationToken)
    {
        var views = new List<TopologyReply>();
        if (kubeconfig is not null)
        {
            if (!File.Exists(kubeconfig))
            {
                throw new UserErrorException($"--kubeconfig '{kubeconfig}': no such file", ExitCode.Usage);
            }

            using var client = KubeClientFactory.Create(kubeconfig);
            views.Add(TopologyView.Describe(await ClusterReader.ReadAsync(client, cancellationToken), (_, _) => null));
        }

        var sockets = socket.IsGiven(result) || AgentSocket.OfLab() is not { Count: > 0 } lab
            ? [socket.PathOf(result)] : lab;
        foreach (var path in sockets)
        {
            // Beside a kubeconfig agents only add states; one that was not asked for by name need not be there.
            if (kubeconfig is null || socket.IsGiven(result) || File.Exists(path))
            {
                views.Add(await AgentConnection.AskAsync(path, async invoker =>
                    await new AgentApi.AgentApiClient(invoker)
                    .GetTopologyAsync(new GetTopologyRequest(), cancellationToken: cancellationToken)));
            }
        }

        return views;
    }

    private static Dictionary<string, SiteLocation> Places(TopologyGraph graph, TextWriter error)
    {
        var places = new Dictionary<string, SiteLocation>(StringComparer.Ordinal);
        foreach (var site in graph.Sites)
        {
            if (site.Location.Length == 0)
            {
                error.WriteLine($"routing: {site.Source} has no annotation routing.dev/location and is not on the map");
            }
            else
            {
                places[site.Name] = SiteLocation.TryParse(site.Location, out var place) ? place
                    : throw new UserErrorException(
                    $"{site.Source}: annotation routing.dev/location: '{site.Location}' is not allowed; allowed is "
                    + SiteLocation.Allowed);
            }
        }

        return places;
    }
}
