using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Lab.Tor;

/// <summary>Carries gobgpd's best paths into the ToR's kernel, the part that other daemons do themselves: asks its command line
/// for the tables, and applies what differs.</summary>
internal sealed class GobgpFib(string gobgp, string apiTarget, NetworkNamespace networkNamespace, TimeProvider time)
{
    private const byte Bgp = 186; // RTPROT_BGP: the same number under which zebra's BGP routes stand

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var kernel = RouteNetlink.Open(networkNamespace);
        var installed = new HashSet<RouteEntry>();
        while (true)
        {
            var wanted = new HashSet<RouteEntry>();
            foreach (var family in new[] { "ipv4", "ipv6" })
            {
                wanted.UnionWith(ParseTable(await DumpAsync(family, cancellationToken)));
            }

            foreach (var route in wanted.Except(installed))
            {
                kernel.ReplaceRoute(route);
            }

            foreach (var route in installed.Except(wanted).Where(gone => wanted.All(kept => !kept.Destination.Equals(gone.Destination))))
            {
                kernel.DeleteRoute(route);
            }

            installed = wanted;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>The best path of each prefix in the answer of `gobgp global rib -j`; the ToR's own routes have no next hop.</summary>
    internal static IEnumerable<RouteEntry> ParseTable(string json)
    {
        using var table = JsonDocument.Parse(json);
        var routes = new List<RouteEntry>();
        foreach (var prefix in table.RootElement.EnumerateObject())
        {
            foreach (var path in prefix.Value.EnumerateArray())
            {
                if (path.TryGetProperty("best", out var best) && best.GetBoolean() && FindNextHop(path) is { } nextHop)
                {
                    routes.Add(new RouteEntry(IPNetwork.Parse(prefix.Name), ImmutableArray.Create(new RouteNextHop(nextHop))) { Protocol = Bgp });
                }
            }
        }

        return routes;
    }

    /// <summary>From NEXT_HOP, or for IPv6 from MP_REACH_NLRI.</summary>
    private static IPAddress? FindNextHop(JsonElement path)
    {
        foreach (var attribute in path.GetProperty("attrs").EnumerateArray())
        {
            if (attribute.TryGetProperty("nexthop", out var text) && IPAddress.TryParse(text.GetString(), out var address)
                && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            {
                return address;
            }
        }

        return null;
    }

    private async Task<string> DumpAsync(string family, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(gobgp, ["--target", apiTarget, "global", "rib", "-a", family, "-j"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 && output.TrimStart().StartsWith('{')
            ? output
            : throw new LabException($"tor gobgpd: 'gobgp global rib -a {family}' exited with {process.ExitCode}: {output.Trim()}");
    }
}
