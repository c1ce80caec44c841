using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>What operators do on either side, and what protects them: words at a shutdown (RFC 9003), default deny
/// (RFC 8212), a limit to neighbours out of a range.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class OperationInteropTests : InteropFixture
{
    private const string OurV4 = "10.200.0.0/24";
    private const string TheirV4 = "10.201.0.0/24";
    private const string Deny = "ebgpRequiresPolicy: true";
    private const string TheirWords = "cable swap till noon";

    [TestCase("bird", "zurück um 22:00")]
    [TestCase("frr", "back at 22:00")] // it shows other letters as octets
    [TestCase("gobgp", "zurück um 22:00")]
    public async Task Words_at_a_shutdown_are_read_on_the_other_side(string kind, string ourWords)
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours(""));
        var theirs = await StartAsync<BgpDaemon>(kind, them, Theirs());
        await ours.WaitForSessionsAsync(1);
        await ours.ShutdownAsync("p0", ourWords);
        await Until.TrueAsync(
            "they show our words", async () => (await theirs.ReadShutdownAsync()).Contains(ourWords), onFailure: theirs.ReadShutdownAsync);

        await ours.EnableAsync("p0");
        await ours.WaitForSessionsAsync(1);
        await theirs.ShutdownNeighborAsync(0, "10.9.1.1", TheirWords);
        await Until.TrueAsync("we show theirs", async () => (await ours.ReadPeersAsync()).Single().LastError is var error
            && error.Contains(TheirWords, StringComparison.Ordinal) && error.Contains("AdministrativeShutdown"));
    }

    [Test]
    public async Task Without_a_policy_another_as_gives_and_gets_nothing() // RFC 8212
    {
        var (us, them) = Link("us", "them", 1);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours("") with { Further = Deny });
        var theirs = await StartAsync<BgpDaemon>("bird", them, Theirs());
        await Until.TrueAsync("both have said all", async () => (await ours.ReadPeersAsync()).Single() is
        {
            State: "Established", Messages: { Sent.Update: > 0, Received.Update: > 1 },
        });
        var family = (await ours.ReadPeersAsync()).Single().Families.Single();
        Assert.That((family.Received, family.Accepted, family.Advertised), Is.EqualTo((1u, 0u, 0u)));
        Assert.That((await ours.ReadPeersAsync()).Single().Messages.Sent.Update, Is.EqualTo(1ul), "End-of-RIB alone");
        Assert.That(await theirs.HasAsync(OurV4), Is.False);

        ours.Reload(Ours("filters: [all]") with
        {
            Further = Deny,
            Trailer = """

                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPFilter
                metadata: {name: all}
                spec: {importV4: [{action: Accept}], exportV4: [{action: Accept}]}
                """,
        });
        await ours.WaitForAsync(TheirV4);
        await theirs.WaitForAsync(OurV4);
        Assert.That((await ours.ReadPeersAsync()).Single().Session.EstablishedCount, Is.EqualTo(1u));
    }

    [Test]
    public async Task One_neighbour_more_than_a_range_may_have_is_sent_away_until_there_is_room()
    {
        var (us, first) = Link("us", "first", 1);
        var second = Connect(us, "second", 2);
        var ours = await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.0.1",
            Peers = [Peer(1, 77, 65009, passive: true)], // to be there from the start
            Trailer = """

                ---
                apiVersion: routing.dev/v1alpha1
                kind: BGPPeer
                metadata: {name: rack}
                spec: {peerRange: 10.9.0.0/16, asNumber: 65001, peerLimit: 1, families: [ipv4]}
                """,
        });
        var one = await StartAsync<BgpDaemon>("bird", first, Theirs(passive: false));
        await ours.WaitForAsync(TheirV4);
        var two = await StartAsync<BgpDaemon>("bird", second, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.2.2",
            Originate = ["10.202.0.0/24"],
            Peers = [Peer(2, 1, 65000, passive: false, link: 2)],
        });
        await Until.TrueAsync("it is told why", () => two.Log.Contains("Connection rejected", StringComparison.Ordinal));
        Assert.That((await ours.ReadPeersAsync()).Select(peer => peer.Name), Is.EquivalentTo(new[] { "p0", "rack/10.9.1.2" }));

        await one.TerminateAsync();
        await ours.WaitForAsync("10.202.0.0/24");
    }

    private static DaemonConfig Ours(string further) => new()
    {
        Asn = 65000,
        RouterId = "10.9.1.1",
        Originate = [OurV4],
        Peers = [Peer(1, 2, 65001, passive: false) with { Further = further }],
    };

    private static DaemonConfig Theirs(bool passive = true) => new()
    {
        Asn = 65001,
        RouterId = "10.9.1.2",
        Originate = [TheirV4],
        Peers = [Peer(2, 1, 65000, passive)],
    };
}
