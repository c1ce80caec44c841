using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>`routing bgp serve` with real daemons on the other end of a veth pair.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class BgpInteropTests : InteropFixture
{
    private const uint OurAsn = 65000;
    private const string OurV4 = "10.200.0.0/24";
    private const string OurV6 = "fd00:200::/64";
    private const string TheirV4 = "10.201.0.0/24";
    private const string TheirV6 = "fd00:201::/64";

    [Test]
    public async Task Routes_go_both_ways_until_withdrawn(
        [Values("bird", "frr", "gobgp", "openbgpd")] string kind, [Values] bool weArePassive)
    {
        var (us, them) = Link("us", "them", 1);
        var ourConfig = new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.1.1",
            Originate = [OurV4, OurV6],
            Peers = [Peer(1, 2, 65001, weArePassive), PeerV6(1, 2, 65001, weArePassive)],
        };
        var ours = await StartAsync<RoutingDaemon>("routing", us, ourConfig);
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4, TheirV6],
            Peers = [Peer(2, 1, OurAsn, !weArePassive), PeerV6(2, 1, OurAsn, !weArePassive)],
        });

        await ours.WaitForAsync(TheirV4);
        await ours.WaitForAsync(TheirV6);
        await theirs.WaitForAsync(OurV4);
        await theirs.WaitForAsync(OurV6);
        Assert.That(await ours.ReadRoutesAsync(), Is.EquivalentTo(new[]
        {
            new DaemonRoute(TheirV4, "10.9.1.2") { AsPath = "65001" },
            new DaemonRoute(TheirV6, "fd00:9:1::2") { AsPath = "65001" },
        }));
        Assert.That(await theirs.ReadRoutesAsync(), Is.EquivalentTo(new[]
        {
            new DaemonRoute(OurV4, "10.9.1.1") { AsPath = "65000" },
            new DaemonRoute(OurV6, "fd00:9:1::1") { AsPath = "65000" },
        }));

        ours.Reload(ourConfig with { Originate = [OurV6] });
        await theirs.WaitForLossAsync(OurV4);
        Assert.That(await theirs.HasAsync(OurV6), "the other stays");

        Assert.That(await ours.TerminateAsync(), Is.Zero);
        await theirs.WaitForLossAsync(OurV6);
    }

    [Test]
    public async Task A_neighbour_that_shuts_down_says_so([Values("bird", "gobgp")] string kind) // bgpd just closes
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.1.1",
            Peers = [Peer(1, 2, 65001, passive: false)],
        });
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers = [Peer(2, 1, OurAsn, passive: true)],
        });
        await ours.WaitForAsync(TheirV4);
        await theirs.TerminateAsync();
        await ours.WaitForLossAsync(TheirV4);
        Assert.That((await ours.ReadPeersAsync()).Single().LastError, Does.Contain("NOTIFICATION Cease"));
    }

    [Test]
    public async Task One_session_carries_both_families([Values("bird", "frr")] string kind)
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.1.1",
            Originate = [OurV4, OurV6],
            Peers = [Peer(1, 2, 65001, passive: true) with { BothFamilies = true }],
        });
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4, TheirV6],
            Peers = [Peer(2, 1, OurAsn, passive: false) with { BothFamilies = true }],
        });
        await theirs.WaitForAsync(OurV6);
        await ours.WaitForAsync(TheirV6);
        Assert.That((await theirs.ReadRoutesAsync()).Single(route => route.Prefix == OurV6).NextHop, Is.EqualTo("fd00:9:1::1"));
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
    }

    [TestCase("bird", "frr")]
    [TestCase("frr", "gobgp")]
    [TestCase("gobgp", "bird")]
    public async Task Clients_learn_each_others_routes_through_us(string first, string second)
    {
        var (us, one) = Link("us", "one", 1);
        var two = Connect(us, "two", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            Peers =
            [
                Peer(1, 2, OurAsn, passive: true) with { RouteReflectorClient = true },
                Peer(1, 2, OurAsn, passive: true, link: 2) with { RouteReflectorClient = true },
            ],
        });
        var clientOne = await StartAsync<BgpDaemon>(first, one, Client(1, "10.201.0.0/24"));
        var clientTwo = await StartAsync<BgpDaemon>(second, two, Client(2, "10.202.0.0/24"));
        await ours.WaitForSessionsAsync(2);
        await clientOne.WaitForAsync("10.202.0.0/24");
        await clientTwo.WaitForAsync("10.201.0.0/24");
        Assert.That(await clientTwo.ReadRoutesAsync(), Is.EquivalentTo(new[]
        {
            new DaemonRoute("10.201.0.0/24", "10.9.1.2") { Originator = "10.9.1.2", Clusters = "10.9.0.1" },
        }));

        static DaemonConfig Client(int link, string prefix) => new()
        {
            Asn = OurAsn,
            RouterId = $"10.9.{link}.2",
            Originate = [prefix],
            Peers = [Peer(2, 1, OurAsn, passive: false, link)],
        };
    }

    [Test]
    public async Task We_are_a_client_of_their_reflector([Values("bird", "frr", "gobgp")] string kind)
    {
        var (reflector, one) = Link("rr", "one", 1);
        var two = Connect(reflector, "two", 2);
        await StartAsync<BgpDaemon>(kind, reflector, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            Peers =
            [
                Peer(1, 2, OurAsn, passive: true) with { RouteReflectorClient = true },
                Peer(1, 2, OurAsn, passive: true, link: 2) with { RouteReflectorClient = true },
            ],
        });
        await StartAsync<RoutingDaemon>("routing", one, Client(1, [OurV4]));
        var second = await StartAsync<RoutingDaemon>("routing", two, Client(2, []));
        await second.WaitForAsync(OurV4);
        Assert.That(await second.ReadRoutesAsync(), Is.EqualTo(new[]
        {
            new DaemonRoute(OurV4, "10.9.1.2") { Originator = "10.9.1.2", Clusters = "10.9.0.1" },
        }));

        static DaemonConfig Client(int link, System.Collections.Immutable.ImmutableArray<string> prefixes) => new()
        {
            Asn = OurAsn,
            RouterId = $"10.9.{link}.2",
            Originate = prefixes,
            Peers = [Peer(2, 1, OurAsn, passive: false, link)],
        };
    }

    [Test]
    public async Task Killed_and_started_again_we_lose_no_route([Values("bird", "frr", "gobgp")] string kind)
    {
        var (us, them) = Link("us", "them", 1);
        var ourConfig = new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.1.1",
            Originate = [OurV4],
            InstallRoutes = true,
            Peers = [Peer(1, 2, 65001, passive: false)],
        };
        var ours = await StartAsync<RoutingDaemon>("routing", us, ourConfig);
        var theirs = await StartAsync<BgpDaemon>(kind, them, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [TheirV4],
            Peers = [Peer(2, 1, OurAsn, passive: true)],
        });
        await theirs.WaitForAsync(OurV4);
        await Until.TrueAsync("the kernel has their route", () => us.Ip("route").Contains(TheirV4));

        await ours.KillAsync();
        await Until.TrueAsync("they notice", async () => await theirs.CountEstablishedAsync() == 0);
        Assert.That(await theirs.HasAsync(OurV4), "stale, but there (RFC 4724 §4.2)");
        await ours.StartAsync(ourConfig);
        await Until.TrueAsync("the session is back, and the route never left", async () =>
        {
            Assert.That(us.Ip("route"), Does.Contain(TheirV4), "our kernel forwards throughout");
            Assert.That(await theirs.HasAsync(OurV4), "they keep our route throughout");
            return await ours.HasAsync(TheirV4) && await theirs.CountEstablishedAsync() == 1;
        });
        Assert.That(await ours.TerminateAsync(), Is.Zero);
        Assert.That(us.Ip("route"), Does.Not.Contain(TheirV4), "a clean end leaves no route");
        await theirs.WaitForLossAsync(OurV4);
    }
}
