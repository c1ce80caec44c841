using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Several paths of a prefix (RFC 7911) from one make of daemon through us to another.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class AddPathInteropTests : InteropFixture
{
    private const uint OurAsn = 65000;
    private const string Prefix = "10.201.0.0/24";

    /// <summary>What makes each send and take all paths; FRR takes them unasked.</summary>
    private static readonly Dictionary<string, Func<string, string>> AllPaths = new()
    {
        ["bird"] = _ => "add paths on;",
        ["frr"] = neighbor => $"  neighbor {neighbor} addpath-tx-all-paths",
        ["gobgp"] = _ => "[neighbors.afi-safis.add-paths.config]\nreceive = true\nsend-max = 8",
    };

    [TestCase("frr", "bird")]
    [TestCase("gobgp", "frr")]
    public async Task All_paths_of_one_reach_the_other_through_us(string first, string second)
    {
        var (middle, one) = Link("middle", "one", 1);
        var two = Connect(middle, "two", 2);
        var us = Connect(middle, "us", 3);
        var far = Connect(us, "far", 4);
        await StartAsync<BgpDaemon>(first, middle, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.1",
            Peers =
            [
                Peer(1, 2, 65001, passive: true),
                Peer(1, 2, 65002, passive: true, link: 2),
                Peer(1, 2, OurAsn, passive: true, link: 3) with { FamilyFurther = AllPaths[first]("10.9.3.2") },
            ],
        });
        await StartAsync<RoutingDaemon>("routing", one, Source(1));
        var withdrawing = await StartAsync<RoutingDaemon>("routing", two, Source(2));
        await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.2",
            Peers =
            [
                Peer(2, 1, OurAsn, passive: false, link: 3) with
                {
                    Further = "addPath: {receive: true}", RouteReflectorClient = true,
                },
                Peer(1, 2, OurAsn, passive: true, link: 4) with { Further = "addPath: {send: best, maximum: 4}" },
            ],
        });
        var last = await StartAsync<BgpDaemon>(second, far, new DaemonConfig
        {
            Asn = OurAsn,
            RouterId = "10.9.0.3",
            Peers = [Peer(2, 1, OurAsn, passive: false, link: 4) with { FamilyFurther = AllPaths[second]("10.9.4.1") }],
        });

        await Until.TrueAsync(
            "both paths come through", async () => (await AsPathsAsync(last)).SequenceEqual(["65001", "65002"]));
        withdrawing.Reload(Source(2) with { Originate = [] });
        await Until.TrueAsync(
            "the one that is withdrawn goes", async () => (await AsPathsAsync(last)).SequenceEqual(["65001"]));

        static DaemonConfig Source(int link) => new()
        {
            Asn = 65000u + (uint)link,
            RouterId = $"10.9.{link}.2",
            Originate = [Prefix],
            Peers = [Peer(2, 1, OurAsn, passive: false, link)],
        };
    }

    private static async Task<IEnumerable<string>> AsPathsAsync(BgpDaemon daemon) =>
        (await daemon.ReadRoutesAsync()).Select(route => route.AsPath).Order(StringComparer.Ordinal);
}
