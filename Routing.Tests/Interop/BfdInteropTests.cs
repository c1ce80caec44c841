using System.Diagnostics;
using Routing.Agent.Grpc.Protocol;
using Routing.Tests.Interop.Daemons;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop;

/// <summary>BFD at 50 ms x 3 against other daemons' BFD: a path that fails without any interface going down ends the BGP
/// session within a fraction of a second; the hold time of 90 s has no part in it.</summary>
[TestFixture]
[Category("Interop")]
internal sealed class BfdInteropTests : InteropFixture
{
    private const string Timers = "interval 50 ms; multiplier 3;";

    private const string BirdBfd = $$"""
        protocol bfd { interface "*" { {{Timers}} }; multihop { {{Timers}} }; }
        """;

    private const string FrrBfd = """
        bfd
         profile fast
          receive-interval 50
          transmit-interval 50
          detect-multiplier 3

        """;

    [TestCase("bird", false, "10.9.1.1", "10.9.2.2", TestName = "BIRD over a router: RFC 5883")]
    [TestCase("bird", true, "10.9.1.1", "10.9.1.2", TestName = "BIRD on the link: RFC 5881")]
    [TestCase("bird", true, "fd00:9:1::1", "fd00:9:1::2", TestName = "BIRD on the link, IPv6")]
    [TestCase("frr", true, "10.9.1.1", "10.9.1.2", TestName = "FRR on the link")]
    public async Task A_cut_path_ends_the_session_at_once(string kind, bool onLink, string ourAddress, string theirAddress)
    {
        var (us, them) = onLink ? Link("us", "them", 1) : OverRouter();
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Peers = [OurPeer(theirAddress, ourAddress, onLink)],
        });
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Further = kind == "bird" ? BirdBfd : "",
            Bfdd = kind == "frr" ? FrrBfd : "",
            Peers =
            [
                new DaemonPeer(ourAddress, 65000, theirAddress)
                {
                    Passive = true,
                    Further = kind == "bird" ? $"error wait time 1, 2; bfd on; {(onLink ? "" : "multihop;")}" : $" neighbor {ourAddress} bfd profile fast",
                },
            ],
        });
        await IsUpAsync(ours);

        var packets = (await PeerAsync(ours)).Bfd.PacketsReceived;
        await Until.TrueAsync("packets come", async () => (await PeerAsync(ours)).Bfd.PacketsReceived > packets + 10);
        await IsUpAsync(ours);

        var clock = Stopwatch.StartNew();
        them.Nft("add table inet cut; "
            + "add chain inet cut in { type filter hook input priority 0; policy drop; }; "
            + "add chain inet cut out { type filter hook output priority 0; policy drop; }");
        await Until.TrueAsync("BGP is down", async () => (await PeerAsync(ours)).State != "Established");
        TestContext.Out.WriteLine($"BGP down {clock.ElapsedMilliseconds} ms after the cut");
        var peer = await PeerAsync(ours);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(45)), "hold time is 90 s");
        Assert.That(peer.LastError, Does.StartWith("BFD found the path down"));
        Assert.That(peer.Bfd.Failures, Is.GreaterThanOrEqualTo(1));

        them.Nft("delete table inet cut");
        await IsUpAsync(ours);
        Assert.That(await theirs.CountEstablishedAsync(), Is.EqualTo(1));
    }

    [TestCase("simple", "simple")]
    [TestCase("keyed-md5", "keyed md5")]
    [TestCase("meticulous-keyed-md5", "meticulous keyed md5")]
    [TestCase("keyed-sha1", "keyed sha1")]
    [TestCase("meticulous-keyed-sha1", "meticulous keyed sha1")]
    public async Task Sessions_with_BIRD_are_signed(string ourWord, string theirWords) // RFC 5880 §6.7
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours("summer-meadow"));
        await StartAsync<BgpDaemon>("bird", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Further = $$"""
                protocol bfd { interface "*" { {{Timers}} authentication {{theirWords}}; password "winter-fields" { id 7; }; }; }
                """,
            Peers = [new DaemonPeer("10.9.1.1", 65000, "10.9.1.2") { Passive = true, Further = "bfd on;" }],
        });
        await Until.TrueAsync("packets signed with another key are counted and not taken", async () =>
            (await PeerAsync(ours)).Bfd is { PacketsUnauthenticated: > 2, State: "Down" });

        ours.Reload(Ours("winter-fields"));
        await IsUpAsync(ours);

        // A BIRD whose BGP session went once more begins at another sequence number, and is refused for two detection times.
        var (packets, unsigned) = await CountsAsync();
        await Until.TrueAsync("twenty packets in a row as agreed", async () =>
        {
            var now = await CountsAsync();
            (packets, unsigned) = now.Unsigned == unsigned ? (packets, unsigned) : now;
            return now.Packets > packets + 20;
        });
        Assert.That((await PeerAsync(ours)).Bfd.Authentication, Is.EqualTo(ourWord));

        async Task<(ulong Packets, ulong Unsigned)> CountsAsync()
        {
            var bfd = (await PeerAsync(ours)).Bfd;
            return (bfd.PacketsReceived, bfd.PacketsUnauthenticated);
        }

        DaemonConfig Ours(string key) => new()
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Peers =
            [
                new DaemonPeer("10.9.1.2", 65001, "10.9.1.1")
                {
                    Further = "bfd: {minimumTransmitInterval: 50ms, minimumReceiveInterval: 50ms, "
                        + $"authentication: {{type: {ourWord}, keys: [{{id: 7, key: {key}}}]}}}}",
                },
            ],
        };
    }

    private static DaemonPeer OurPeer(string theirs, string ours, bool onLink) => new(theirs, 65001, ours)
    {
        // ebgpMultihop makes BFD multihop too.
        Further = $"ebgpMultihop: {(onLink ? 1 : 3)}\nbfd: {{minimumTransmitInterval: 50ms, minimumReceiveInterval: 50ms}}",
    };

    private static async Task IsUpAsync(RoutingDaemon ours) => await Until.TrueAsync(
        "BGP and BFD are up",
        async () => await PeerAsync(ours) is { State: "Established", Bfd: { State: "Up", DetectionTimeMs: 150 } },
        onFailure: async () => $"{await PeerAsync(ours)}\n{ours.Log}");

    private static async Task<Peer> PeerAsync(RoutingDaemon ours) => (await ours.ReadPeersAsync()).Single();

    /// <summary>10.9.1.1 here, 10.9.2.2 there, a router between them.</summary>
    private (TestNamespace Us, TestNamespace Them) OverRouter()
    {
        var (us, router) = Link("us", "router", 1);
        var them = Connect(router, "them", 2);
        router.Inner.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        us.Ip("route", "add", "10.9.2.0/24", "via", "10.9.1.2");
        them.Ip("route", "add", "10.9.1.0/24", "via", "10.9.2.1");
        return (us, them);
    }
}
