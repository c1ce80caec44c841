using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>BIRD 2.</summary>
internal sealed partial class BirdDaemon(TestNamespace place) : BgpDaemon(place)
{
    private string Socket => Path.Combine(Folder, "bird.ctl");

    public override Task StartAsync(DaemonConfig config)
    {
        Launch(Requires.Tool("bird"), "-f", "-c", WriteFile("bird.conf", Render(config)), "-s", Socket);
        return Until.TrueAsync("bird answers", async () => (await BirdcAsync("show status")).Contains("up and running"));
    }

    public override async Task<int> CountEstablishedAsync() =>
        EstablishedLine().Count(await BirdcAsync("show protocols"));

    /// <summary>`show route all` has no JSON; a block begins with the prefix, attributes follow indented.</summary>
    public override async Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync()
    {
        var routes = new List<DaemonRoute>();
        foreach (var line in (await BirdcAsync("show route where source = RTS_BGP all")).Split('\n'))
        {
            if (routes.Count > 0 && line.StartsWith('\t'))
            {
                routes[^1] = routes[^1] with { Detail = $"{routes[^1].Detail}{line.Trim()}\n" };
            }

            if (RouteLine().Match(line) is { Success: true } route)
            {
                var prefix = route.Groups["prefix"].Success ? route.Groups["prefix"].Value : routes[^1].Prefix;
                routes.Add(new DaemonRoute(prefix, ""));
            }
            else if (AttributeLine().Match(line) is { Success: true } attribute)
            {
                var value = attribute.Groups["value"].Value.Trim();
                routes[^1] = attribute.Groups["name"].Value switch
                {
                    "next_hop" => routes[^1] with { NextHop = value.Split(' ')[0] },
                    "as_path" => routes[^1] with { AsPath = value },
                    "originator_id" => routes[^1] with { Originator = value },
                    "cluster_list" => routes[^1] with { Clusters = value },
                    _ => routes[^1],
                };
            }
        }

        return routes;
    }

    public override Task ShutdownNeighborAsync(int index, string address, string words) =>
        BirdcAsync($"disable p{index} \"{words}\"");

    private static string Render(DaemonConfig config)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            log stderr all;
            router id {{config.RouterId}};
            protocol device { }
            {{config.Further}}
            protocol static s4 { ipv4; {{Statics(config, isIPv6: false)}} }
            protocol static s6 { ipv6; {{Statics(config, isIPv6: true)}} }

            """);
        foreach (var (i, peer) in config.Peers.Index())
        {
            var isInternal = peer.Asn == config.Asn;
            text.Append(CultureInfo.InvariantCulture, $$"""
                protocol bgp p{{i}} {
                  local {{peer.LocalAddress}} as {{config.Asn}};
                  neighbor {{peer.Address}} as {{peer.Asn}};
                  {{(peer.Passive ? "passive on;" : "connect retry time 1; connect delay time 1; error wait time 1, 2;")}}
                  {{(peer.RouteReflectorClient ? "rr client;" : "")}}
                  graceful restart aware;
                  {{peer.Further}}
                  {{Channel("ipv4", peer.CarriesIPv4)}}
                  {{Channel("ipv6", peer.CarriesIPv6)}}
                }

                """);

            string Channel(string family, bool carried) =>
                carried ? $$"""{{family}} { import all; export all; {{(isInternal ? "next hop self ebgp;" : "")}} {{peer.FamilyFurther}} };""" : "";
        }

        return text.Append(config.Trailer).ToString();
    }

    private static string Statics(DaemonConfig config, bool isIPv6) => string.Concat(
        config.Originate.Where(prefix => prefix.Contains(':') == isIPv6).Select(prefix => $"route {prefix} blackhole; "));

    private Task<string> BirdcAsync(string command) => AskAsync(Requires.Tool("birdc"), "-s", Socket, command);

    [GeneratedRegex(@"^p\d+\s+BGP\s.*Established", RegexOptions.Multiline)]
    private static partial Regex EstablishedLine();

    [GeneratedRegex(@"^(?<prefix>[0-9a-f.:]+/\d+)?\s+(unicast|unreachable|blackhole) \[")]
    private static partial Regex RouteLine();

    [GeneratedRegex(@"^\s+BGP\.(?<name>[a-z_]+): (?<value>.*)$")]
    private static partial Regex AttributeLine();
}
