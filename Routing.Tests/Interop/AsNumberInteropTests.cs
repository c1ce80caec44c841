using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Our AS in paths and the AS we show, with daemons that have options of their own for it.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class AsNumberInteropTests : InteropFixture
{
    private const string Far = "10.201.0.0/24";
    private const string OurV4 = "10.200.0.0/24";

    /// <summary>Two sites of AS 65000 and two of 65001 in a chain: bird, us, FRR with allowas-in, us again.</summary>
    [Test]
    public async Task Sites_of_one_as_reach_each_other_where_both_allow_their_own_as()
    {
        var (us, one) = Link("us", "bird", 1);
        var two = Connect(us, "frr", 2);
        var three = Connect(two, "again", 3);
        await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.0.1",
            Peers = [Peer(1, 2, 65001, passive: true), Peer(1, 2, 65001, passive: true, link: 2)],
        });
        await StartAsync<BgpDaemon>("bird", one, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.0.2",
            Originate = [Far],
            Peers = [Peer(2, 1, 65000, passive: false)],
        });
        var frr = await StartAsync<BgpDaemon>("frr", two, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.0.3",
            Peers =
            [
                Peer(2, 1, 65000, passive: false, link: 2) with { FamilyFurther = "  neighbor 10.9.2.1 allowas-in 1" },
                Peer(1, 2, 65000, passive: true, link: 3),
            ],
        });
        var last = await StartAsync<RoutingDaemon>("routing", three, Last("numAllowedLocalASNumbers: 1"));
        await last.WaitForAsync(Far);
        Assert.That((await RouteAsync(frr, Far)).AsPath, Is.EqualTo("65000 65001"));
        Assert.That((await RouteAsync(last, Far)).AsPath, Is.EqualTo("65001 65000 65001"));

        last.Reload(Last(""));
        await last.WaitForLossAsync(Far);
        Assert.That((await last.ReadPeersAsync()).Single().Families.Single().Received, Is.EqualTo(1u), "it is kept, as a loop");

        static DaemonConfig Last(string further) => new()
        {
            Asn = 65000,
            RouterId = "10.9.0.4",
            Peers = [Peer(2, 1, 65001, passive: false, link: 3) with { Further = further }],
        };
    }

    /// <summary>FRR sees 65100 alone; BIRD, which knows us by our own number, gets the other after Bad Peer AS.</summary>
    [Test]
    public async Task A_local_as_can_be_the_only_one_seen_or_one_of_two()
    {
        var (us, one) = Link("us", "frr", 1);
        var two = Connect(us, "bird", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.0.1",
            Originate = [OurV4],
            Peers =
            [
                Peer(1, 2, 65001, passive: true) with { Further = "localASNumber: 65100\nlocalASOptions: [NoPrepend, ReplaceAS]" },
                Peer(1, 2, 65002, passive: true, link: 2) with { Further = "localASNumber: 65100\nlocalASOptions: [DualAS]" },
            ],
        });
        var frr = await StartAsync<BgpDaemon>("frr", one, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.0.2",
            Originate = [Far],
            Peers = [Peer(2, 1, 65100, passive: false)],
        });
        var bird = await StartAsync<BgpDaemon>("bird", two, new DaemonConfig
        {
            Asn = 65002,
            RouterId = "10.9.0.3",
            Peers = [Peer(2, 1, 65000, passive: false, link: 2)],
        });
        await frr.WaitForAsync(OurV4);
        await bird.WaitForAsync(Far);
        Assert.That((await RouteAsync(frr, OurV4)).AsPath, Is.EqualTo("65100"), "ReplaceAS: not 65100 65000");
        Assert.That((await RouteAsync(bird, Far)).AsPath, Is.EqualTo("65000 65001"), "NoPrepend: no 65100 on the way in");
        Assert.That((await ours.ReadPeersAsync()).Single(peer => peer.Asn == 65002).Relation.LocalAsn, Is.EqualTo(65000u));
    }
}
