using System.Globalization;
using System.Text;
using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>FRR's bgpd, without zebra: next hops are then taken as reachable, and nothing goes to the kernel. With bfdd there
/// is zebra too, through which the two talk; and for neighbours named by an interface, whom zebra finds.</summary>
internal sealed class FrrDaemon(TestNamespace place) : BgpDaemon(place)
{
    public override async Task StartAsync(DaemonConfig config)
    {
        // The daemons drop to a user of their own, which must be able to make its sockets here.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        string[] zebra = ["-Z"];
        if (config.Bfdd.Length > 0 || config.UsesZebra)
        {
            var socket = Path.Combine(Folder, "zserv.api");
            zebra = ["-z", socket];
            Start("zebra", "", zebra);
            await Until.TrueAsync("zebra listens", () => File.Exists(socket));
        }

        if (config.Bfdd.Length > 0)
        {
            Start("bfdd", config.Bfdd, [.. zebra, "--bfdctl", Path.Combine(Folder, "bfdd.sock")]);
        }

        Start("bgpd", Render(config), [.. zebra, "-S"]);
        await Until.TrueAsync("bgpd answers", async () => (await ShowAsync("show bgp summary json")).Length > 0);
    }

    /// <summary>A daemon of the suite.</summary>
    private void Start(string daemon, string file, string[] arguments) => Launch(
        Requires.Tool(daemon),
        [
            "-f", WriteFile($"{daemon}.conf", file), "-i", Path.Combine(Folder, $"{daemon}.pid"), "--vty_socket", Folder,
            "-P", "0", "--log", "stdout", .. arguments,
        ]);

    public override async Task<int> CountEstablishedAsync()
    {
        var text = await ShowAsync("show bgp neighbors json");
        if (text.Length == 0)
        {
            return 0;
        }

        using var json = JsonDocument.Parse(text);
        return json.RootElement.EnumerateObject().Count(neighbor =>
            neighbor.Value.ValueKind == JsonValueKind.Object
            && neighbor.Value.TryGetProperty("bgpState", out var state) && state.GetString() == "Established");
    }

    public override async Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync()
    {
        var routes = new List<DaemonRoute>();
        foreach (var family in new[] { "ipv4", "ipv6" })
        {
            using var table = JsonDocument.Parse(Or(await ShowAsync($"show bgp {family} unicast json"), """{"routes":{}}"""));
            foreach (var prefix in table.RootElement.TryGetProperty("routes", out var all) ? all.EnumerateObject() : default)
            {
                using var detail = JsonDocument.Parse(Or(await ShowAsync($"show bgp {family} unicast {prefix.Name} json"), "{}"));
                foreach (var path in detail.RootElement.TryGetProperty("paths", out var paths) ? paths.EnumerateArray() : default)
                {
                    if (!path.TryGetProperty("sourced", out _))
                    {
                        routes.Add(ReadPath(prefix.Name, path));
                    }
                }
            }
        }

        return routes;
    }

    public override Task<string> ReadShutdownAsync() => ShowAsync("show bgp neighbors json");

    public override Task ShutdownNeighborAsync(int index, string address, string words) => AskAsync(
        Requires.Tool("vtysh"),
        "--vty_socket", Folder, "-d", "bgpd",
        "-c", "configure terminal", "-c", "router bgp", "-c", $"neighbor {address} shutdown message {words}");

    private static DaemonRoute ReadPath(string prefix, JsonElement path) => new(
        prefix,
        path.GetProperty("nexthops").EnumerateArray().First().GetProperty("ip").GetString()!)
    {
        AsPath = path.GetProperty("aspath").GetProperty("string").GetString()!.Replace("Local", ""),
        Originator = path.TryGetProperty("originatorId", out var originator) ? originator.GetString()! : "",
        Clusters = path.TryGetProperty("clusterList", out var clusters)
            ? string.Join(' ', clusters.GetProperty("list").EnumerateArray().Select(cluster => cluster.GetString()))
            : "",
        Detail = path.GetRawText(),
    };

    private static string Render(DaemonConfig config)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            router bgp {config.Asn}
             bgp router-id {config.RouterId}
             no bgp ebgp-requires-policy
             no bgp network import-check
            {config.Further}

            """);
        foreach (var peer in config.Peers)
        {
            text.Append(CultureInfo.InvariantCulture, $"""
                 neighbor {peer.Address} remote-as {peer.Asn}
                 neighbor {peer.Address} timers connect 1
                 neighbor {peer.Address} {(peer.Passive ? "passive" : $"update-source {peer.LocalAddress}")}
                {peer.Further}

                """);
        }

        foreach (var (family, isIPv6) in new[] { ("ipv4", false), ("ipv6", true) })
        {
            text.Append(CultureInfo.InvariantCulture, $" address-family {family} unicast\n");
            foreach (var prefix in config.Originate.Where(prefix => prefix.Contains(':') == isIPv6))
            {
                text.Append(CultureInfo.InvariantCulture, $"  network {prefix}\n");
            }

            foreach (var peer in config.Peers)
            {
                var carried = isIPv6 ? peer.CarriesIPv6 : peer.CarriesIPv4;
                text.Append(CultureInfo.InvariantCulture, $"  {(carried ? "" : "no ")}neighbor {peer.Address} activate\n");
                text.Append(carried ? $"{peer.FamilyFurther}\n" : "");
                if (carried && peer.RouteReflectorClient)
                {
                    text.Append(CultureInfo.InvariantCulture, $"  neighbor {peer.Address} route-reflector-client\n");
                }
            }

            text.Append(" exit-address-family\n");
        }

        return text.Append("exit\n").Append(config.Trailer).ToString();
    }

    private static string Or(string text, string otherwise) => text.TrimStart().StartsWith('{') ? text : otherwise;

    private Task<string> ShowAsync(string command) =>
        AskAsync(Requires.Tool("vtysh"), "--vty_socket", Folder, "-d", "bgpd", "-c", command);
}
