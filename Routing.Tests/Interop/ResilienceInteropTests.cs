using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>What keeps routes through troubles of a session, with daemons that know it too: restarts after a NOTIFICATION
/// (RFC 8538) and for long (RFC 9494), enhanced refresh (RFC 7313), outbound filters (RFC 5291).</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class ResilienceInteropTests : InteropFixture
{
    private const string OurV4 = "10.200.0.0/24";
    private const string TheirV4 = "10.201.0.0/24";
    private const string OtherV4 = "10.202.0.0/24";

    [Test]
    public async Task FRR_keeps_our_routes_when_we_reset_it_for_an_error_and_forgets_them_at_a_hard_reset()
    {
        var (us, them) = Link("us", "them", 1);
        var ourConfig = Ours("notificationRestart: true", OurV4);
        var ours = await StartAsync<RoutingDaemon>("routing", us, ourConfig);
        var theirs = await StartAsync<FrrDaemon>("frr", them, Theirs() with
        {
            Further = " bgp graceful-restart\n bgp graceful-restart notification\n bgp graceful-restart stalepath-time 60",
        });
        await theirs.WaitForAsync(OurV4);
        await ours.WaitForAsync(TheirV4);

        // Another hold time takes a new session, which ends by CEASE 6 (RFC 4486): no reason for a Hard Reset (RFC 8538 §5.1).
        ours.Reload(Ours("notificationRestart: true\nholdTime: 60s", OurV4));
        await Until.TrueAsync("the session is new", async () =>
        {
            Assert.That(await theirs.HasAsync(OurV4), "they keep our route throughout");
            return await theirs.CountEstablishedAsync() == 1 && (await ours.ReadPeersAsync()).Single().HoldSeconds == 60;
        });

        Assert.That(await ours.TerminateAsync(), Is.Zero);
        await theirs.WaitForLossAsync(OurV4);
    }

    [Test]
    public async Task Routes_of_a_daemon_that_is_gone_are_kept_for_long_as_the_last_choice()
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours("longLivedStaleTime: 1h"));
        var theirs = await StartAsync<BgpDaemon>("bird", them, Theirs(
            "graceful restart on; graceful restart time 1; long lived graceful restart on; long lived stale time 3600;"));
        await ours.WaitForAsync(TheirV4);
        await theirs.KillAsync();
        await Until.TrueAsync("the route is marked as kept for long (RFC 9494 §4.2)", async () =>
        {
            var route = (await ours.ReadRoutesAsync()).SingleOrDefault(known => known.Prefix == TheirV4);
            Assert.That(route, Is.Not.Null, "it never leaves");
            return (await ours.ReadPeersAsync()).Single().Restart.RetainsForLong;
        });
    }

    [Test]
    public async Task A_refresh_that_we_ask_for_is_marked_at_both_ends()
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours(""));
        await StartAsync<BgpDaemon>("frr", them, Theirs());
        await ours.WaitForAsync(TheirV4);
        Assert.That((await ours.ReadPeersAsync()).Single().Session.Capabilities, Does.Contain("enhanced route refresh"));

        await ours.RefreshAsync("p0");
        await Until.TrueAsync("BoRR and EoRR have come (RFC 7313 §4)", async () =>
            (await ours.ReadPeersAsync()).Single().Messages.Received.RouteRefresh == 2);
        Assert.That(await ours.HasAsync(TheirV4), "what was announced again stays");
    }

    [Test]
    public async Task FRR_honours_our_filters_and_we_honour_its()
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>(
            "routing",
            us,
            Ours($"outboundFilters: {{receive: true, send: [{{action: Accept, cidr: {TheirV4}}}]}}", OurV4, OtherV4));
        var theirs = await StartAsync<FrrDaemon>("frr", them, Theirs(family: string.Join(
            '\n',
            "  neighbor 10.9.1.1 capability orf prefix-list both",
            "  neighbor 10.9.1.1 prefix-list wanted in")) with
        {
            Originate = [TheirV4, "10.203.0.0/24"],
            Trailer = $"ip prefix-list wanted seq 5 permit {OurV4}\n",
        });
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
        Assert.That((await ours.ReadRoutesAsync()).Select(route => route.Prefix), Is.EqualTo(new[] { TheirV4 }));
        var family = (await ours.ReadPeersAsync()).Single().Families.Single();
        Assert.That(family.Advertised, Is.EqualTo(1), "the other was never sent");
        Assert.That(
            family.Filters.Entries.Select(entry => $"{entry.Action} {entry.Prefix}"), Is.EqualTo(new[] { $"Accept {OurV4}" }));
    }

    private static DaemonConfig Ours(string further, params string[] prefixes) => new()
    {
        Asn = 65000,
        RouterId = "10.9.1.1",
        Originate = [.. prefixes],
        Peers = [Peer(1, 2, 65001, passive: false) with { Further = further }],
    };

    private static DaemonConfig Theirs(string further = "", string family = "") => new()
    {
        Asn = 65001,
        RouterId = "10.9.1.2",
        Originate = [TheirV4],
        Peers = [Peer(2, 1, 65000, passive: true) with { Further = further, FamilyFurther = family }],
    };
}
