using System.Diagnostics;
using Routing.Agent.Grpc.Protocol;
using Routing.Tests.Interop.Daemons;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop;

/// <summary>BFD at 50 ms x 3 against other daemons' BFD: a path that fails without any interface going down ends the BGP
/// session within a fraction of a second; the hold time of 90 s has no part in it.</summary>
[TestFixture]
[Category("Interop")]
public sealed class BfdInteropTests
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

    private readonly List<IDisposable> _namespaces = [];
    private readonly List<BgpDaemon> _daemons = [];

    [SetUp]
    public void Need_root() => Requires.Root();

    [TearDown]
    public async Task CleanUpAsync()
    {
        foreach (var daemon in _daemons)
        {
            await daemon.DisposeAsync();
        }

        _namespaces.ForEach(place => place.Dispose());
        _daemons.Clear();
        _namespaces.Clear();
    }

    [TestCase("bird", false, "10.9.1.1", "10.9.2.2", TestName = "BIRD over a router: RFC 5883")]
    [TestCase("bird", true, "10.9.1.1", "10.9.1.2", TestName = "BIRD on the link: RFC 5881")]
    [TestCase("bird", true, "fd00:9:1::1", "fd00:9:1::2", TestName = "BIRD on the link, IPv6")]
    [TestCase("frr", true, "10.9.1.1", "10.9.1.2", TestName = "FRR on the link")]
    public async Task A_cut_path_ends_the_session_at_once(string kind, bool onLink, string ourAddress, string theirAddress)
    {
        var (us, them) = onLink ? Link() : OverRouter();
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
        Assert.That((await PeerAsync(ours)).Bfd.DetectionTimeMs, Is.EqualTo(150));

        var clock = Stopwatch.StartNew();
        them.Nft("add table inet cut; "
            + "add chain inet cut in { type filter hook input priority 0; policy drop; }; "
            + "add chain inet cut out { type filter hook output priority 0; policy drop; }");
        await Until.TrueAsync("BGP is down", async () => (await PeerAsync(ours)).State != "Established");
        TestContext.Out.WriteLine($"BGP down {clock.ElapsedMilliseconds} ms after the cut");
        var peer = await PeerAsync(ours);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)), "hold time is 90 s");
        Assert.That(peer.LastError, Does.StartWith("BFD found the path down"));
        Assert.That(peer.Bfd.Failures, Is.GreaterThanOrEqualTo(1));

        them.Nft("delete table inet cut");
        await IsUpAsync(ours);
        Assert.That(await theirs.CountEstablishedAsync(), Is.EqualTo(1));
    }

    private static DaemonPeer OurPeer(string theirs, string ours, bool onLink) => new(theirs, 65001, ours)
    {
        Further = "bfd: {minimumTransmitInterval: 50ms, minimumReceiveInterval: 50ms, "
            + $"multihop: {(onLink ? "false" : "true")}}}",
    };

    private static async Task IsUpAsync(RoutingDaemon ours) => await Until.TrueAsync(
        "BGP and BFD are up",
        async () => await PeerAsync(ours) is { State: "Established", Bfd: { State: "Up", DetectionTimeMs: 150 } },
        seconds: 30,
        onFailure: async () => $"{await PeerAsync(ours)}\n{ours.Log}");

    private static async Task<Peer> PeerAsync(RoutingDaemon ours) => (await ours.ReadPeersAsync()).Single();

    /// <summary>10.9.1.1 and fd00:9:1::1 here, .2 and ::2 there.</summary>
    private (TestNamespace Us, TestNamespace Them) Link()
    {
        var (us, them) = (NewNamespace("us"), NewNamespace("them"));
        us.Connect(them, "eth1", "eth1");
        AddAddress(us, "10.9.1.1/24", "eth1");
        AddAddress(us, "fd00:9:1::1/64", "eth1");
        AddAddress(them, "10.9.1.2/24", "eth1");
        AddAddress(them, "fd00:9:1::2/64", "eth1");
        return (us, them);
    }

    /// <summary>10.9.1.1 here, 10.9.2.2 there, a router between them.</summary>
    private (TestNamespace Us, TestNamespace Them) OverRouter()
    {
        var (us, router, them) = (NewNamespace("us"), NewNamespace("router"), NewNamespace("them"));
        us.Connect(router, "eth1", "eth1");
        router.Connect(them, "eth2", "eth2");
        AddAddress(us, "10.9.1.1/24", "eth1");
        AddAddress(router, "10.9.1.254/24", "eth1");
        AddAddress(router, "10.9.2.254/24", "eth2");
        AddAddress(them, "10.9.2.2/24", "eth2");
        router.Inner.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        us.Ip("route", "add", "10.9.2.0/24", "via", "10.9.1.254");
        them.Ip("route", "add", "10.9.1.0/24", "via", "10.9.2.254");
        return (us, them);
    }

    private static void AddAddress(TestNamespace place, string address, string device) =>
        place.Ip(["addr", "add", address, "dev", device, .. address.Contains(':') ? ["nodad"] : Array.Empty<string>()]);

    private TestNamespace NewNamespace(string role)
    {
        var place = TestNamespace.Create(role);
        _namespaces.Add(place);
        return place;
    }

    private async Task<T> StartAsync<T>(string kind, TestNamespace place, DaemonConfig config)
        where T : BgpDaemon
    {
        var daemon = (T)BgpDaemon.Create(kind, place);
        _daemons.Add(daemon);
        await daemon.StartAsync(config);
        return daemon;
    }
}
