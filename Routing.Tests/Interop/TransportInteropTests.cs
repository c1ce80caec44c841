using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>How connections come about, with real daemons: signatures, TTLs, ranges.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class TransportInteropTests : InteropFixture
{
    private const string OurV4 = "10.200.0.0/24";
    private const string TheirV4 = "10.201.0.0/24";

    // Each with TCP MD5 (RFC 2385) and GTSM (RFC 5082) at once, both ways of connecting, a key changed while it runs.
    [TestCase("bird", true, "password \"tiger\"; ttl security on;")]
    [TestCase("bird", false, "password \"tiger\"; ttl security on;")]
    [TestCase("frr", false, " neighbor 10.9.1.1 password tiger\n neighbor 10.9.1.1 ttl-security hops 1\n")]
    public async Task Signed_and_from_near_by(string kind, bool weArePassive, string further)
    {
        var (us, them) = Link("us", "them", 1);
        var secret = Path.GetTempFileName();
        File.WriteAllText(secret, "lion\n");
        var config = new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Originate = [OurV4],
            Peers =
            [
                new DaemonPeer("10.9.1.2", 65001, "10.9.1.1")
                {
                    Passive = weArePassive,
                    Further = $"passwordFile: {secret}\nttlSecurity: 1\n",
                },
            ],
        };
        var ours = await StartAsync<RoutingDaemon>("routing", us, config);
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers = [new DaemonPeer("10.9.1.1", 65000, "10.9.1.2") { Passive = !weArePassive, Further = further }],
        });
        Assert.That(await theirs.CountEstablishedAsync(), Is.Zero, "the wrong password opens nothing");

        File.WriteAllText(secret, "tiger\n");
        ours.Reload(config);
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
        var transport = (await ours.ReadPeersAsync()).Single().Transport;
        Assert.That((transport.Authentication, transport.Ttl, transport.LeastTtl), Is.EqualTo(("TCP MD5", 255u, 255u)));
        Assert.That(ours.Log, Does.Not.Contain("tiger").And.Not.Contain("lion"));
        File.Delete(secret);
    }

    [Test]
    public async Task Neighbours_out_of_a_range_sign_with_its_key()
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Peers = [new DaemonPeer("10.9.1.77", 65001, "10.9.1.1") { Passive = true }], // to be there from the start
            Trailer = """

                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPPeer
                metadata: {name: rack}
                spec: {peerRange: 10.9.1.0/24, asNumber: 65001, password: tiger, peerLimit: 1, ttlSecurity: 1, families: [ipv4]}
                """,
        });
        await StartAsync<BgpDaemon>("bird", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers = [new DaemonPeer("10.9.1.1", 65000, "10.9.1.2") { Further = "password \"tiger\"; ttl security on;" }],
        });
        await ours.WaitForAsync(TheirV4);
        Assert.That((await ours.ReadPeersAsync()).Select(peer => peer.Name), Has.One.EqualTo("rack/10.9.1.2"));
    }

    [Test]
    public async Task Too_many_prefixes_end_the_session_and_it_comes_back()
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Peers =
            [
                new DaemonPeer("10.9.1.2", 65001, "10.9.1.1")
                {
                    Further = "prefixLimits: {ipv4: {max: 2}, restartAfter: 1s}",
                },
            ],
        });
        var theirs = await StartAsync<BgpDaemon>("bird", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4, "10.202.0.0/24", "10.203.0.0/24"],
            Peers = [new DaemonPeer("10.9.1.1", 65000, "10.9.1.2") { Passive = true }],
        });
        await Until.TrueAsync("the session ends", async () => (await ours.ReadPeersAsync()).Single().LastError
            .Contains("3 IPv4Unicast prefixes, more than the 2 allowed"));
        await Until.TrueAsync("they know why", () => theirs.Log.Contains("Maximum number of prefixes reached"));
        await Until.TrueAsync("it comes back, and ends again", async () =>
            (await ours.ReadPeersAsync()).Single().Session.EstablishedCount > 1);
    }

    [Test]
    public async Task Attributes_of_more_than_4096_octets_travel_from_bird_through_us_to_frr()
    {
        var (us, them) = Link("us", "them", 1);
        var third = Connect(us, "third", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Peers =
            [
                new DaemonPeer("10.9.1.2", 65001, "10.9.1.1"),
                new DaemonPeer("10.9.2.2", 65002, "10.9.2.1"),
            ],
        });
        var communities = string.Concat(Enumerable.Range(1, 500).Select(
            number => $"bgp_large_community.add((65001, 7, {number}));\n"));
        await StartAsync<BgpDaemon>("bird", them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers =
            [
                new DaemonPeer("10.9.1.1", 65000, "10.9.1.2")
                {
                    Passive = true,
                    Further = "enable extended messages on;",
                    FamilyFurther = $"export filter {{ {communities} accept; }};",
                },
            ],
        });
        var frr = await StartAsync<BgpDaemon>("frr", third, new DaemonConfig
        {
            Asn = 65002,
            RouterId = "10.9.2.2",
            Peers = [new DaemonPeer("10.9.2.1", 65000, "10.9.2.2") { Passive = true }],
        });
        await frr.WaitForAsync(TheirV4);
        Assert.That((await ours.ReadPeersAsync())[1].Session.Capabilities, Has.Some.EqualTo("extended messages"));
    }

    [TestCase("bird", "", "extended next hop on;")]
    [TestCase("frr", " neighbor fd00:9:1::1 capability extended-nexthop\n", "")]
    public async Task IPv4_routes_travel_over_IPv6_next_hops_into_the_kernel(string kind, string further, string familyFurther)
    {
        var (us, them) = Link("us", "them", 1);
        us.Ip("addr", "del", "10.9.1.1/24", "dev", "to-them");
        them.Ip("addr", "del", "10.9.1.2/24", "dev", "eth1");
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Originate = [OurV4],
            InstallRoutes = true,
            Peers =
            [
                new DaemonPeer("fd00:9:1::2", 65001, "fd00:9:1::1") { BothFamilies = true, Further = "extendedNextHop: true" },
            ],
        });
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers =
            [
                new DaemonPeer("fd00:9:1::1", 65000, "fd00:9:1::2")
                {
                    Passive = true,
                    BothFamilies = true,
                    Further = further,
                    FamilyFurther = familyFurther,
                },
            ],
        });
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
        Assert.That((await ours.ReadRoutesAsync()).Single().NextHop, Is.EqualTo("fd00:9:1::2"));
        Assert.That((await theirs.ReadRoutesAsync()).Single().NextHop, Is.EqualTo("fd00:9:1::1"));
        await Until.TrueAsync("the kernel has it (RTA_VIA)", () =>
            us.Ip("route", "show", TheirV4).Contains($"{TheirV4} via inet6 fd00:9:1::2 dev to-them"));
    }

    [TestCase("ours")]
    [TestCase("frr")]
    public async Task Neighbours_are_found_on_an_interface_without_any_address(string kind)
    {
        var (us, them) = Link("us", "them", 1);
        foreach (var (place, device) in new[] { (us, "to-them"), (them, "eth1") })
        {
            place.Ip("addr", "flush", "dev", device, "scope", "global");
        }

        us.Ip("addr", "add", "10.200.0.1/32", "dev", "lo");
        them.Ip("addr", "add", "10.201.0.1/32", "dev", "lo");
        var ours = await StartAsync<RoutingDaemon>("routing", us, Unnumbered(65000, "10.9.1.1", OurV4, "to-them"));
        var theirs = kind == "ours"
            ? await StartAsync<BgpDaemon>("routing", them, Unnumbered(65001, "10.9.1.2", TheirV4, "eth1"))
            : await StartAsync<BgpDaemon>("frr", them, FrrUnnumbered);
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
        var peer = (await ours.ReadPeersAsync()).Single(peer => peer.Name == "uplink");
        Assert.That((peer.Asn, peer.State), Is.EqualTo((65001u, "Established")));
        Assert.That(peer.Address, Does.StartWith("fe80::"));
        await Until.TrueAsync("the kernel has it", () =>
            us.Ip("route", "show", TheirV4).Contains($"{TheirV4} via inet6 fe80::") && us.Ip("route", "show", TheirV4).Contains("dev to-them"));
        if (kind != "ours")
        {
            return;
        }

        us.Ip("link", "set", "to-them", "down");
        await Until.TrueAsync("the link is gone", async () =>
            (await ours.ReadPeersAsync()).All(each => each.State != "Established"));
        us.Ip("link", "set", "to-them", "up");
        await ours.WaitForAsync(TheirV4);
    }

    private static DaemonConfig Unnumbered(uint asn, string routerId, string prefix, string device) => new()
    {
        Asn = asn,
        RouterId = routerId,
        Originate = [prefix],
        InstallRoutes = true,
        Peers = [new DaemonPeer("10.9.1.77", 65009, "10.9.1.78") { Passive = true }], // to be there from the start
        Trailer = $$"""

            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: uplink}
            spec: {interface: {{device}}, asNumber: external, families: [ipv4], connectRetryTime: 1s, holdTime: 3s}
            """,
    };

    private static DaemonConfig FrrUnnumbered { get; } = new()
    {
        Asn = 65001,
        RouterId = "10.9.1.2",
        Originate = [TheirV4],
        UsesZebra = true,
        Further = " neighbor eth1 interface remote-as external\n neighbor eth1 timers connect 1\n",
    };
}
