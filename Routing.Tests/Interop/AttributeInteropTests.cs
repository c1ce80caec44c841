using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>What real daemons make of the attributes and paths they get through us.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class AttributeInteropTests : InteropFixture
{
    private const uint OurAsn = 65000;

    /// <summary>ExaBGP says anything; BIRD is outside, FRR inside.</summary>
    [Test]
    public async Task Attributes_pass_as_each_rfc_says()
    {
        var (us, source) = Link("us", "exabgp", 1);
        var outside = Connect(us, "bird", 2);
        var inside = Connect(us, "frr", 3);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            InstallRoutes = true,
            Peers =
            [
                Peer(1, 2, 65001, passive: true) with { Further = "aigp: true\naigpCost: 5\nacceptBlackhole: true" },
                Peer(1, 2, 65010, passive: true, link: 2) with { Further = "aigp: true" },
                Peer(1, 2, OurAsn, passive: true, link: 3),
            ],
        });
        var bird = await StartAsync<BirdDaemon>("bird", outside, new DaemonConfig
        {
            Asn = 65010,
            RouterId = "10.9.0.2",
            Peers = [Peer(2, 1, OurAsn, passive: false, link: 2) with { FamilyFurther = "aigp on;" }],
        });
        var frr = await StartAsync<FrrDaemon>("frr", inside, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.3",
            Peers = [Peer(2, 1, OurAsn, passive: false, link: 3)],
        });
        var exabgp = await StartAsync<ExabgpDaemon>("exabgp", source, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.0.4",
            Peers = [Peer(2, 1, OurAsn, passive: false)],
        });
        await ours.WaitForSessionsAsync(3);
        string[] routes =
        [
            "10.101.0.0/24 community [65001:1 65535:0]", // GRACEFUL_SHUTDOWN
            "10.102.0.0/24 large-community [65001:1:2 65001:1:2] extended-community [0x0002fde900000001 0x4004fde949742400]",
            "10.103.0.0/24 attribute [0x63 0xc0 0xabcd]",
            "10.104.0.0/24 as-path [65001 (65002 65003)]", // an AS_SET
            "10.105.0.0/24 community [65535:65281]", // NO_EXPORT
            "10.106.0.0/24 community [65535:65282]", // NO_ADVERTISE
            "10.107.0.0/24 as-path [65009]", // not the neighbour's AS
            "10.108.0.0/24 attribute [0x1a 0x80 0x01000b0000000000000064]", // AIGP 100
            "10.109.0.9/32 community [65535:666]", // BLACKHOLE
            "10.110.0.0/24",
        ];
        foreach (var route in routes)
        {
            exabgp.Say($"announce route {route.Replace("/24", "/24 next-hop self").Replace("/32", "/32 next-hop self")}");
        }

        await Until.TrueAsync("the kernel drops", () => us.Ip("route").Contains("blackhole 10.109.0.9", StringComparison.Ordinal));
        await bird.WaitForAsync("10.110.0.0/24");
        await frr.WaitForAsync("10.110.0.0/24");
        var (atBird, atFrr) = (await ByPrefixAsync(bird), await ByPrefixAsync(frr));
        Assert.Multiple(() =>
        {
            Assert.That(atBird.Keys, Is.EquivalentTo(new[] { 101, 102, 103, 108, 110 }.Select(n => $"10.{n}.0.0/24")),
                "AS_SET, NO_EXPORT, NO_ADVERTISE, BLACKHOLE and another's first AS stay away");
            Assert.That(atFrr.Keys, Is.EquivalentTo(new[]
            {
                "10.101.0.0/24", "10.102.0.0/24", "10.103.0.0/24", "10.105.0.0/24", "10.108.0.0/24", "10.109.0.9/32", "10.110.0.0/24",
            }));
            Assert.That(atFrr["10.101.0.0/24"], Does.Contain("\"locPrf\":0"), "RFC 8326 §4.1");
            Assert.That(atBird["10.101.0.0/24"], Does.Contain("(65535,0)"), "RFC 8326: the community goes on");
            Assert.That(atBird["10.102.0.0/24"], Does.Contain("(65001, 1, 2)"), "RFC 8092");
            Assert.That(atBird["10.102.0.0/24"], Does.Contain("(rt, 65001, 1)").And.Not.Contain("4004fde9"), "RFC 4360 §6");
            Assert.That(atFrr["10.102.0.0/24"], Does.Contain("LB:65001"), "link bandwidth stays inside the AS");
            Assert.That(atBird["10.103.0.0/24"], Does.Contain("BGP.63 [t]: ab cd"), "RFC 4271 §5");
            Assert.That(atBird["10.108.0.0/24"], Does.Contain("aigp: 105"), "RFC 7311 §3.4.2");
            Assert.That(atFrr["10.109.0.9/32"], Does.Contain("no-export").IgnoreCase, "RFC 7999 §3.2");
        });
    }

    /// <summary>FRR and BIRD are of one AS; FRR knows us by a local-as.</summary>
    [Test]
    public async Task As_numbers_are_shown_as_configured()
    {
        var (us, one) = Link("us", "frr", 1);
        var two = Connect(us, "bird", 2);
        var three = Connect(us, "openbgpd", 3);
        var four = Connect(us, "gobgp", 4);
        await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            Originate = ["10.200.0.0/24"],
            Peers =
            [
                Peer(1, 2, 65001, passive: true) with { Further = "localASNumber: 65100" },
                Peer(1, 2, 65001, passive: true, link: 2) with { Further = "asOverride: true" },
                Peer(1, 2, 4900, passive: true, link: 3) with { Further = "removePrivateAS: All" },
                Peer(1, 2, 65004, passive: true, link: 4) with { Further = "routeServerClient: true" },
            ],
        });
        var frr = await StartAsync<FrrDaemon>("frr", one, Daemon(65001, 1, 65100) with { Originate = ["10.201.0.0/24"] });
        var bird = await StartAsync<BirdDaemon>("bird", two, Daemon(65001, 2, OurAsn));
        var openbgpd = await StartAsync<OpenBgpdDaemon>("openbgpd", three, Daemon(4900, 3, OurAsn));
        var gobgp = await StartAsync<GobgpDaemon>("gobgp", four, Daemon(65004, 4, OurAsn));
        await frr.WaitForAsync("10.200.0.0/24");
        foreach (var daemon in new BgpDaemon[] { bird, openbgpd, gobgp })
        {
            await daemon.WaitForAsync("10.201.0.0/24");
        }

        Assert.Multiple(async () =>
        {
            Assert.That((await RouteAsync(frr, "10.200.0.0/24")).AsPath, Is.EqualTo("65100 65000"), "local-as");
            Assert.That((await RouteAsync(bird, "10.201.0.0/24")).AsPath, Is.EqualTo("65000 65100 65000"), "as-override");
            Assert.That((await RouteAsync(openbgpd, "10.201.0.0/24")).AsPath, Is.EqualTo("65000"), "remove-private-as");
            Assert.That((await RouteAsync(gobgp, "10.201.0.0/24")).AsPath, Is.EqualTo("65100 65001"), "RFC 7947 §2.2.2");
            Assert.That((await RouteAsync(gobgp, "10.201.0.0/24")).NextHop, Is.EqualTo("10.9.1.2"), "RFC 7947 §2.2.1");
        });
    }

    /// <summary>We and BIRD are members 65101 and 65102 of AS 100; FRR is outside.</summary>
    [Test]
    public async Task A_confederation_is_one_as_to_the_world() // RFC 5065
    {
        var (us, member) = Link("us", "bird", 1);
        var outside = Connect(us, "frr", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65101,
            RouterId = "10.9.0.1",
            Originate = ["10.200.0.0/24"],
            Further = "confederation: {identifier: 100, members: [65102]}",
            Peers =
            [
                // BIRD takes next hops on the link alone, also from other members.
                Peer(1, 2, 65102, passive: true) with { Further = "nextHopMode: Self" },
                Peer(1, 2, 300, passive: true, link: 2),
            ],
        });
        var bird = await StartAsync<BirdDaemon>("bird", member, Daemon(65102, 1, 65101) with
        {
            Originate = ["10.201.0.0/24"],
            Peers =
            [
                Peer(2, 1, 65101, passive: false) with { Further = "confederation 100; confederation member on;" },
            ],
        });
        var frr = await StartAsync<FrrDaemon>("frr", outside, Daemon(300, 2, 100) with { Originate = ["10.202.0.0/24"] });
        await bird.WaitForAsync("10.202.0.0/24");
        await frr.WaitForAsync("10.201.0.0/24");
        await frr.WaitForAsync("10.200.0.0/24");
        Assert.Multiple(async () =>
        {
            var fromOutside = await RouteAsync(bird, "10.202.0.0/24");
            Assert.That(fromOutside.AsPath, Is.EqualTo("(65101) 300"), "§4.1 a");
            Assert.That(fromOutside.NextHop, Is.EqualTo("10.9.1.1"), "next-hop-self between members");
            Assert.That(fromOutside.Detail, Does.Contain("local_pref: 100"), "LOCAL_PREF passes between members");
            Assert.That((await RouteAsync(frr, "10.201.0.0/24")).AsPath, Is.EqualTo("100"), "§4.1 c");
            Assert.That((await RouteAsync(frr, "10.200.0.0/24")).AsPath, Is.EqualTo("100"));
            Assert.That((await RouteAsync(ours, "10.201.0.0/24")).AsPath, Is.EqualTo("(65102)"));
        });
    }

    /// <summary>RFC 9234: we are BIRD's provider and say so; FRR believes to be ours.</summary>
    [Test]
    public async Task Roles_must_agree_and_mark_what_is_for_customers()
    {
        var (us, one) = Link("us", "bird", 1);
        var two = Connect(us, "frr", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            Originate = ["10.200.0.0/24"],
            Peers =
            [
                Peer(1, 2, 65001, passive: true) with { Further = "role: Provider\nstrictRole: true" },
                Peer(1, 2, 65002, passive: true, link: 2) with { Further = "role: Provider" },
            ],
        });
        var bird = await StartAsync<BirdDaemon>("bird", one, Daemon(65001, 1, OurAsn) with
        {
            Peers = [Peer(2, 1, OurAsn, passive: false) with { Further = "local role customer; require roles on;" }],
        });
        await StartAsync<FrrDaemon>("frr", two, Daemon(65002, 2, OurAsn) with
        {
            Peers = [Peer(2, 1, OurAsn, passive: false, link: 2) with { Further = " neighbor 10.9.2.1 local-role provider" }],
        });
        await bird.WaitForAsync("10.200.0.0/24");
        Assert.That((await RouteAsync(bird, "10.200.0.0/24")).Detail, Does.Contain("otc: 65000"), "§5 egress 1");
        await Until.TrueAsync("two providers do not agree", async () =>
            (await ours.ReadPeersAsync()).Single(peer => peer.Asn == 65002).LastError is var error
            && (error.Contains("we are Provider", StringComparison.Ordinal)
                || error.Contains("RoleMismatch", StringComparison.Ordinal)));
        var status = (await ours.ReadPeersAsync()).Single(peer => peer.Asn == 65001);
        Assert.That((status.Relation.Role, status.Relation.PeerRole), Is.EqualTo(("Provider", "Customer")));
    }

    private static DaemonConfig Daemon(uint asn, int link, uint ours) => new()
    {
        Asn = asn,
        RouterId = $"10.9.{link}.2",
        Peers = [Peer(2, 1, ours, passive: false, link)],
    };

    private static async Task<Dictionary<string, string>> ByPrefixAsync(BgpDaemon daemon) =>
        (await daemon.ReadRoutesAsync()).ToDictionary(route => route.Prefix, route => route.Detail);
}
