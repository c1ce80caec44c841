using System.Globalization;
using System.Text;
using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>ExaBGP: announces whatever attributes it is told, also by <see cref="Say"/> while it runs, and writes down what it
/// receives without choosing.</summary>
internal sealed class ExabgpDaemon(TestNamespace place) : BgpDaemon(place)
{
    private string Received => Path.Combine(Folder, "received");

    private string Commands => Path.Combine(Folder, "commands");

    public override async Task StartAsync(DaemonConfig config)
    {
        WriteFile("commands", "");
        WriteFile("received", "");
        var pump = WriteFile("pump", $"#!/bin/sh\ntail -n +1 -f {Commands} &\nexec cat >> {Received}\n");
        File.SetUnixFileMode(pump, (UnixFileMode)0b111_101_101);

        // As root, since nobody else can write here; an address to listen on makes it accept connections.
        string[] arguments =
        [
            "exabgp_daemon_user=root", "exabgp_api_cli=false", "exabgp_tcp_attempts=0",
            $"exabgp_tcp_bind={string.Join(' ', config.Peers.Where(peer => peer.Passive).Select(peer => peer.LocalAddress))}",
            Requires.Tool("exabgp"), WriteFile("exabgp.conf", Render(config, pump)),
        ];
        Launch(Requires.Tool("env"), arguments);
        await Until.TrueAsync("exabgp runs", () => Log.Contains("loaded new configuration", StringComparison.Ordinal));
    }

    /// <summary>Gives it a command of its API, as in "announce route 10.0.0.0/8 next-hop self community [65001:1]".</summary>
    public void Say(string command) => File.AppendAllText(Commands, command + "\n");

    public override Task<int> CountEstablishedAsync()
    {
        var up = new HashSet<string>();
        foreach (var neighbor in ReadNeighbors())
        {
            var address = AddressOf(neighbor);
            switch (StateOf(neighbor))
            {
                case "up":
                    up.Add(address);
                    break;
                case "down":
                    up.Remove(address);
                    break;
            }
        }

        return Task.FromResult(up.Count);
    }

    public override Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync()
    {
        var routes = new Dictionary<(string Peer, string Prefix), DaemonRoute>();
        foreach (var neighbor in ReadNeighbors())
        {
            var peer = AddressOf(neighbor);
            if (StateOf(neighbor) == "down")
            {
                foreach (var key in routes.Keys.Where(key => key.Peer == peer).ToList())
                {
                    routes.Remove(key);
                }
            }

            if (neighbor.TryGetProperty("message", out var message)
                && message.TryGetProperty("update", out var update))
            {
                Apply(update, peer, routes);
            }
        }

        return Task.FromResult<IReadOnlyList<DaemonRoute>>([.. routes.Values]);
    }

    private static void Apply(
        JsonElement update, string peer, Dictionary<(string Peer, string Prefix), DaemonRoute> routes)
    {
        foreach (var family in Members(update, "withdraw"))
        {
            foreach (var nlri in family.Value.EnumerateArray())
            {
                routes.Remove((peer, nlri.GetProperty("nlri").GetString()!));
            }
        }

        foreach (var nextHop in Members(update, "announce").SelectMany(family => family.Value.EnumerateObject()))
        {
            foreach (var nlri in nextHop.Value.EnumerateArray())
            {
                var prefix = nlri.GetProperty("nlri").GetString()!;
                routes[(peer, prefix)] = new DaemonRoute(prefix, nextHop.Name)
                {
                    AsPath = Attribute(update, "as-path") is { } path
                        ? string.Join(' ', path.EnumerateArray().Select(asn => asn.GetRawText()))
                        : "",
                    Originator = Attribute(update, "originator-id")?.GetString() ?? "",
                    Clusters = Attribute(update, "cluster-list") is { } clusters
                        ? string.Join(' ', clusters.EnumerateArray().Select(id => id.GetString()))
                        : "",
                    Detail = update.GetProperty("attribute").GetRawText(),
                };
            }
        }
    }

    private static JsonElement? Attribute(JsonElement update, string name) =>
        update.GetProperty("attribute").TryGetProperty(name, out var value) ? value : null;

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.EnumerateObject() : default;

    private static string AddressOf(JsonElement neighbor) =>
        neighbor.GetProperty("address").GetProperty("peer").GetString()!;

    private static string? StateOf(JsonElement neighbor) =>
        neighbor.TryGetProperty("state", out var state) ? state.GetString() : null;

    /// <summary>What it wrote down of its neighbours so far; the last line may still be in the making.</summary>
    private List<JsonElement> ReadNeighbors()
    {
        var neighbors = new List<JsonElement>();
        var text = File.ReadAllText(Received);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("neighbor", out var neighbor))
            {
                neighbors.Add(neighbor.Clone());
            }
        }

        return neighbors;
    }

    private static string Render(DaemonConfig config, string pump)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            process pump { run {{pump}}; encoder json; }
            {{config.Further}}

            """);
        foreach (var peer in config.Peers)
        {
            var routes = config.Originate
                .Where(prefix => prefix.Contains(':') ? peer.CarriesIPv6 : peer.CarriesIPv4)
                .Select(prefix => $"route {prefix} next-hop self;");
            text.Append(CultureInfo.InvariantCulture, $$"""
                neighbor {{peer.Address}} {
                  router-id {{config.RouterId}};
                  local-address {{peer.LocalAddress}};
                  local-as {{config.Asn}};
                  peer-as {{peer.Asn}};
                  {{(peer.Passive ? "passive;" : "")}}
                  family { {{(peer.CarriesIPv4 ? "ipv4 unicast;" : "")}} {{(peer.CarriesIPv6 ? "ipv6 unicast;" : "")}} }
                  api { processes [ pump ]; neighbor-changes; receive { parsed; update; } }
                  static { {{string.Concat(routes)}} }
                  {{peer.Further}}
                }

                """);
        }

        return text.ToString();
    }
}
