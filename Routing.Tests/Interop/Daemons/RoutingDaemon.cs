using System.Globalization;
using System.Text;
using Grpc.Core;
using Routing.Agent.Cli;
using Routing.Agent.Grpc.Protocol;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>Ours: `routing bgp serve`, asked as its command line asks.</summary>
internal sealed class RoutingDaemon(TestNamespace place) : BgpDaemon(place)
{
    private static string Program => Path.Combine(AppContext.BaseDirectory, "routing");

    private string Socket => Path.Combine(Folder, "bgp.sock");

    public override async Task StartAsync(DaemonConfig config)
    {
        File.Delete(Socket);
        Launch(Program, "bgp", "serve", "--config", WriteFile("bgp.yaml", Render(config)), "--socket", Socket);
        await Until.TrueAsync("routing bgp serve answers", async () => (await ReadPeersAsync()).Count > 0);
    }

    /// <summary>Changes its file and has it read again.</summary>
    public void Reload(DaemonConfig config)
    {
        WriteFile("bgp.yaml", Render(config));
        HangUp();
    }

    public override async Task<int> CountEstablishedAsync() =>
        (await ReadPeersAsync()).Count(peer => peer.State == "Established");

    /// <summary>Its neighbours; none while it does not answer.</summary>
    public async Task<IReadOnlyList<Peer>> ReadPeersAsync() => await AskAsync(
        async client => (IReadOnlyList<Peer>)(await client.ListPeersAsync(new ListPeersRequest())).Peers);

    /// <summary>What it knows from the RPKI; null while it does not answer.</summary>
    public async Task<RpkiReply?> ReadRpkiAsync() =>
        await AskAsync<RpkiReply>(async client => [await client.GetRpkiAsync(new GetRpkiRequest())]) is [var reply] ? reply : null;

    /// <summary>Asks a neighbour for all its routes again (RFC 2918).</summary>
    public Task RefreshAsync(string name) => AskAsync<SteeringReply>(async client =>
        [await client.ClearPeerAsync(new ClearPeerRequest { Name = name, How = ClearPeerRequest.Types.How.SoftIn })]);

    /// <summary>Ends a session and keeps it down, with words for the other side (RFC 9003).</summary>
    public Task ShutdownAsync(string name, string words) => AskAsync<SteeringReply>(async client =>
        [await client.ShutdownPeerAsync(new ShutdownPeerRequest { Name = name, Reason = words })]);

    /// <summary>Takes that back.</summary>
    public Task EnableAsync(string name) => AskAsync<SteeringReply>(async client =>
        [await client.EnablePeerAsync(new EnablePeerRequest { Name = name })]);

    public override async Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync() => await AskAsync(async client =>
    {
        var routes = new List<DaemonRoute>();
        using var call = client.ListRoutes(new ListRoutesRequest { BestOnly = true });
        await foreach (var path in call.ResponseStream.ReadAllAsync())
        {
            if (!path.Local)
            {
                routes.Add(new DaemonRoute(path.Prefix, path.NextHop)
                {
                    AsPath = path.AsPath,
                    Originator = path.OriginatorId,
                    Clusters = string.Join(' ', path.ClusterList),
                    Detail = path.ToString(),
                });
            }
        }

        return (IReadOnlyList<DaemonRoute>)routes;
    });

    private static string Render(DaemonConfig config)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: {{config.Asn}}
              routerID: {{config.RouterId}}
              installRoutes: {{(config.InstallRoutes ? "true" : "false")}}
              originate: [{{string.Join(", ", config.Originate.Select(prefix => $$"""{prefix: "{{prefix}}"}"""))}}]
            {{Indent(config.Further)}}

            """);
        foreach (var (i, peer) in config.Peers.Index())
        {
            string[] families = [.. peer.CarriesIPv4 ? ["ipv4"] : Array.Empty<string>(), .. peer.CarriesIPv6 ? ["ipv6"] : Array.Empty<string>()];
            text.Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPPeer
                metadata: {name: p{{i}}}
                spec:
                  peerIP: "{{peer.Address}}"
                  asNumber: {{peer.Asn}}
                  sourceAddress: "{{peer.LocalAddress}}"
                  passive: {{(peer.Passive ? "true" : "false")}}
                  routeReflectorClient: {{(peer.RouteReflectorClient ? "true" : "false")}}
                  families: [{{string.Join(", ", families)}}]
                  connectRetryTime: 1s
                {{Indent(peer.Further)}}

                """);
        }

        return text.Append(config.Trailer).ToString();
    }

    private static string Indent(string lines) =>
        string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"  {line}\n"));

    private async Task<IReadOnlyList<T>> AskAsync<T>(Func<BgpApi.BgpApiClient, Task<IReadOnlyList<T>>> ask)
    {
        try
        {
            return await AgentConnection.AskAsync(Socket, invoker => ask(new BgpApi.BgpApiClient(invoker)));
        }
        catch (UserErrorException)
        {
            return [];
        }
    }
}
