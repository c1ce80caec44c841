using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Next hops that are not on a link of ours, as iBGP brings them, resolved into routes that the kernel takes.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class NextHopInteropTests : InteropFixture
{
    private const string Static = "10.201.0.0/24";
    private const string Recursive = "10.202.0.0/24";

    /// <summary>FRR, inside, names next hops behind others: one that a static route leads to, one inside a prefix that BIRD,
    /// outside, announces.</summary>
    [Test]
    public async Task Next_hops_behind_other_routers_are_reached_through_them()
    {
        var (us, inside) = Link("us", "frr", 1);
        var outside = Connect(us, "bird", 2);
        var config = new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.0.1",
            InstallRoutes = true,
            Peers = [Peer(1, 2, 65000, passive: true), Peer(1, 2, 65002, passive: true, link: 2)],
        };
        var ours = await StartAsync<RoutingDaemon>("routing", us, config);
        await StartAsync<BgpDaemon>("frr", inside, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.2",
            Originate = [Static, Recursive],
            Peers = [Peer(2, 1, 65000, passive: false) with { FamilyFurther = "  neighbor 10.9.1.1 route-map far out" }],
            Trailer = $"""
                ip prefix-list recursive permit {Recursive}
                route-map far permit 10
                 match ip address prefix-list recursive
                 set ip next-hop 10.78.0.9
                exit
                route-map far permit 20
                 set ip next-hop 10.77.0.9
                exit

                """,
        });
        var bird = await StartAsync<BirdDaemon>("bird", outside, new DaemonConfig
        {
            Asn = 65002,
            RouterId = "10.9.2.2",
            Originate = ["10.78.0.0/24"],
            Peers = [Peer(2, 1, 65000, passive: false, link: 2)],
        });
        await Until.TrueAsync("through BIRD", () => us.Ip("route", "show", Recursive).Contains("via 10.9.2.2 dev to-bird"));
        Assert.That(us.Ip("route", "show", Static), Is.Empty);
        Assert.That(await ours.HasAsync(Static), Is.False, "nothing leads to 10.77.0.9");
        Assert.That(await bird.HasAsync(Static), Is.False, "and nobody is told to send us its traffic");

        us.Ip("route", "add", "10.77.0.0/24", "via", "10.9.1.2");
        await Until.TrueAsync("through the static route", () => us.Ip("route", "show", Static).Contains("via 10.9.1.2 dev to-frr"));
        await bird.WaitForAsync(Static);

        us.Ip("route", "del", "10.77.0.0/24");
        await bird.WaitForLossAsync(Static);
        ours.Reload(config with { Further = "resolveNextHops: false" });
        await bird.WaitForAsync(Static);
        ours.Reload(config);
        await bird.WaitForLossAsync(Static);
        await bird.TerminateAsync();
        await Until.TrueAsync("what went through BIRD goes", () => us.Ip("route", "show", Recursive).Length == 0);
    }
}
