using System.Globalization;
using System.Text;
using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>OpenBGPD. It waits long before it connects again, so let it be the one that is connected to.</summary>
internal sealed class OpenBgpdDaemon(TestNamespace place) : BgpDaemon(place)
{
    /// <summary>FRR has a bgpd too, hence the whole path.</summary>
    private const string Program = "/usr/sbin/bgpd";

    private string Socket => Path.Combine(Folder, "bgpd.sock");

    public override async Task StartAsync(DaemonConfig config)
    {
        Requires.Tool(Program);
        Directory.CreateDirectory("/run/openbgpd"); // it locks its processes up there
        var file = WriteFile("bgpd.conf", Render(config));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite); // others might write secrets into it
        Launch(Program, "-d", "-f", file);
        await Until.TrueAsync("bgpd answers", async () => (await BgpctlAsync("show", "neighbor")).Length > 0);
    }

    public override async Task<int> CountEstablishedAsync()
    {
        using var json = JsonDocument.Parse(Or(await BgpctlAsync("show", "neighbor"), """{"neighbors":[]}"""));
        return json.RootElement.GetProperty("neighbors").EnumerateArray().Count(
            neighbor => neighbor.GetProperty("state").GetString() == "Established");
    }

    public override async Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync()
    {
        using var json = JsonDocument.Parse(Or(await BgpctlAsync("show", "rib", "detail"), """{"rib":[]}"""));
        return
        [
            .. json.RootElement.GetProperty("rib").EnumerateArray()
                .Where(path => path.GetProperty("neighbor").GetProperty("description").GetString() != "LOCAL")
                .Select(path => new DaemonRoute(
                    path.GetProperty("prefix").GetString()!, path.GetProperty("exit_nexthop").GetString()!)
                {
                    AsPath = path.GetProperty("aspath").GetString()!,
                    Detail = path.GetRawText(),
                }),
        ];
    }

    private string Render(DaemonConfig config)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            AS {config.Asn}
            router-id {config.RouterId}
            fib-update no
            socket "{Socket}"
            {string.Join('\n', config.Peers.Select(peer => $"listen on {peer.LocalAddress}").Distinct())}
            {string.Join('\n', config.Originate.Select(prefix => $"network {prefix}"))}
            {config.Further}

            """);
        foreach (var (i, peer) in config.Peers.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                neighbor {{peer.Address}} {
                  remote-as {{peer.Asn}}
                  descr "p{{i}}"
                  local-address {{peer.LocalAddress}}
                  {{(peer.Passive ? "passive" : "")}}
                  {{(peer.RouteReflectorClient ? "route-reflector" : "")}}
                  announce IPv4 {{(peer.CarriesIPv4 ? "unicast" : "none")}}
                  announce IPv6 {{(peer.CarriesIPv6 ? "unicast" : "none")}}
                  {{peer.Further}}
                }

                """);
        }

        // It denies eBGP neighbours everything unless told otherwise (RFC 8212).
        return text.Append("allow from any\nallow to any\n").ToString();
    }

    private static string Or(string text, string otherwise) => text.TrimStart().StartsWith('{') ? text : otherwise;

    private Task<string> BgpctlAsync(params string[] arguments) =>
        AskAsync(Requires.Tool("bgpctl"), ["-s", Socket, "-j", .. arguments]);
}
