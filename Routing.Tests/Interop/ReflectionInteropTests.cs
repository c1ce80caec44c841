using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Route reflection as clients of other makes see it (RFC 4456): clusters of their own, clients that are meshed.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class ReflectionInteropTests : InteropFixture
{
    private const uint Asn = 65000;
    private const string OfFrr = "10.201.0.0/24";
    private const string OfGobgp = "10.202.0.0/24";

    /// <summary>FRR and ExaBGP are clients in one cluster, BIRD in another, GoBGP is no client.</summary>
    [Test]
    public async Task Groups_are_clusters_and_meshed_clients_are_left_to_themselves()
    {
        var (us, one) = Link("us", "frr", 1);
        var two = Connect(us, "exabgp", 2);
        var three = Connect(us, "bird", 3);
        var four = Connect(us, "gobgp", 4);
        var ours = await StartAsync<RoutingDaemon>("routing", us, Ours("clientToClientReflection: false"));
        await StartAsync<BgpDaemon>("frr", one, Client(1) with { Originate = [OfFrr] });
        var exabgp = await StartAsync<BgpDaemon>("exabgp", two, Client(2));
        var bird = await StartAsync<BgpDaemon>("bird", three, Client(3));
        var gobgp = await StartAsync<BgpDaemon>("gobgp", four, Client(4) with { Originate = [OfGobgp] });
        await gobgp.WaitForAsync(OfFrr);
        await bird.WaitForAsync(OfFrr);
        await exabgp.WaitForAsync(OfGobgp);

        var (atGobgp, atBird, atExabgp) =
            (await RouteAsync(gobgp, OfFrr), await RouteAsync(bird, OfGobgp), await RouteAsync(exabgp, OfGobgp));
        Assert.That((atGobgp.Originator, atGobgp.Clusters), Is.EqualTo(("10.9.1.2", "10.0.0.71")), "that of FRR's group");
        Assert.That((atBird.Originator, atBird.Clusters), Is.EqualTo(("10.9.4.2", "10.0.0.72")), "that of BIRD's group");
        Assert.That((atExabgp.Originator, atExabgp.Clusters), Is.EqualTo(("10.9.4.2", "10.0.0.71")));
        Assert.That(await exabgp.HasAsync(OfFrr), Is.False, "it hears its own cluster's routes from FRR itself");

        ours.Reload(Ours(""));
        await exabgp.WaitForAsync(OfFrr);
    }

    private static DaemonConfig Ours(string further) => new()
    {
        Asn = Asn,
        RouterId = "10.9.0.1",
        Further = further,
        Peers =
        [
            Member(1, "racks"),
            Member(2, "racks"),
            Member(3, "edge"),
            Peer(1, 2, Asn, passive: true, link: 4),
        ],
        Trailer = """
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeerGroup
            metadata: {name: racks}
            spec: {routeReflectorClusterID: 10.0.0.71}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeerGroup
            metadata: {name: edge}
            spec: {routeReflectorClusterID: 10.0.0.72}
            """,
    };

    private static DaemonPeer Member(int link, string group) => Peer(1, 2, Asn, passive: true, link) with
    {
        RouteReflectorClient = true,
        Further = $"peerGroup: {group}",
    };

    private static DaemonConfig Client(int link) => new()
    {
        Asn = Asn,
        RouterId = $"10.9.{link}.2",
        Peers = [Peer(2, 1, Asn, passive: false, link)],
    };
}
