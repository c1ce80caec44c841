using System.Globalization;
using System.Text;
using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>GoBGP.</summary>
internal sealed class GobgpDaemon(TestNamespace place) : BgpDaemon(place)
{
    private string Target => $"unix://{Path.Combine(Folder, "gobgp.sock")}";

    public override async Task StartAsync(DaemonConfig config)
    {
        Launch(
            Requires.Tool("gobgpd"), "-t", "toml", "-f", WriteFile("gobgpd.toml", Render(config)), "--api-hosts", Target);
        await Until.TrueAsync("gobgpd answers", async () => (await GobgpAsync("global")).Contains("Router-ID"));
        foreach (var prefix in config.Originate)
        {
            var isIPv6 = prefix.Contains(':');
            var nextHop = config.Peers.First(peer => peer.IsIPv6 == isIPv6).LocalAddress;
            await GobgpAsync("global", "rib", "add", prefix, "nexthop", nextHop, "-a", isIPv6 ? "ipv6" : "ipv4");
        }
    }

    public override async Task<int> CountEstablishedAsync()
    {
        using var peers = JsonDocument.Parse(OrEmpty(await GobgpAsync("neighbor", "-j"), '['));
        const int established = 6; // PeerState.SessionState in GoBGP's API
        return peers.RootElement.EnumerateArray().Count(
            peer => peer.GetProperty("state").TryGetProperty("session_state", out var state) && state.GetInt32() == established);
    }

    public override async Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync()
    {
        var routes = new List<DaemonRoute>();
        foreach (var family in new[] { "ipv4", "ipv6" })
        {
            var text = await GobgpAsync("global", "rib", "-a", family, "-j");
            using var table = JsonDocument.Parse(text.TrimStart().StartsWith('{') ? text : "{}");
            routes.AddRange(table.RootElement.EnumerateObject().SelectMany(
                prefix => prefix.Value.EnumerateArray()
                    .Where(path => path.TryGetProperty("source-id", out _)) // its own have none
                    .Select(path => ReadPath(prefix.Name, path))));
        }

        return routes;
    }

    public override Task ShutdownNeighborAsync(int index, string address, string words) =>
        GobgpAsync("neighbor", address, "shutdown", "--reason", words);

    private static DaemonRoute ReadPath(string prefix, JsonElement path)
    {
        var route = new DaemonRoute(prefix, "") { Detail = path.GetRawText() };
        foreach (var attribute in path.GetProperty("attrs").EnumerateArray())
        {
            route = attribute.GetProperty("type").GetInt32() switch
            {
                2 => route with { AsPath = AsPathText(attribute) },
                3 or 14 => route with { NextHop = attribute.GetProperty("nexthop").GetString()! },
                9 => route with { Originator = attribute.GetProperty("value").GetString()! },
                10 => route with
                {
                    Clusters = string.Join(' ', attribute.GetProperty("value").EnumerateArray().Select(id => id.GetString())),
                },
                _ => route,
            };
        }

        return route;
    }

    private static string AsPathText(JsonElement attribute) =>
        attribute.TryGetProperty("as_paths", out var paths) && paths.ValueKind == JsonValueKind.Array
            ? string.Join(' ', paths.EnumerateArray().SelectMany(segment => segment.GetProperty("asns").EnumerateArray()))
            : "";

    private static string Render(DaemonConfig config)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            [global.config]
              as = {config.Asn}
              router-id = "{config.RouterId}"
            {config.Further}

            """);
        foreach (var peer in config.Peers)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                [[neighbors]]
                  [neighbors.config]
                    neighbor-address = "{peer.Address}"
                    peer-as = {peer.Asn}
                  [neighbors.transport.config]
                    passive-mode = {(peer.Passive ? "true" : "false")}
                    local-address = "{peer.LocalAddress}"
                  [neighbors.timers.config]
                    connect-retry = 1
                    idle-hold-time-after-reset = 1
                  [neighbors.route-reflector.config]
                    route-reflector-client = {(peer.RouteReflectorClient ? "true" : "false")}
                    route-reflector-cluster-id = "{config.RouterId}"
                  [neighbors.graceful-restart.config]
                    enabled = true
                    helper-only = true
                    restart-time = 120
                {peer.Further}

                """);
            Append("ipv4-unicast", peer.CarriesIPv4, peer.FamilyFurther);
            Append("ipv6-unicast", peer.CarriesIPv6, peer.FamilyFurther);
        }

        return text.Append(config.Trailer).ToString();

        void Append(string family, bool carried, string further) => text.Append(carried ? $"""
                  [[neighbors.afi-safis]]
                    [neighbors.afi-safis.config]
                      afi-safi-name = "{family}"
                    [neighbors.afi-safis.mp-graceful-restart.config]
                      enabled = true
                    {further}

            """ : "");
    }

    private static string OrEmpty(string text, char open) => text.TrimStart().StartsWith(open) ? text : "[]";

    private Task<string> GobgpAsync(params string[] arguments) =>
        AskAsync(Requires.Tool("gobgp"), ["--target", Target, .. arguments]);
}
