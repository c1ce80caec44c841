using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Shares of traffic by the link bandwidths that daemons send (draft-ietf-idr-link-bandwidth), in the
/// kernel.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class MultipathInteropTests : InteropFixture
{
    private const string Prefix = "10.201.0.0/24";

    [Test]
    public async Task Weights_in_the_kernel_follow_the_link_bandwidths_of_FRR_and_BIRD()
    {
        var (us, one) = Link("us", "frr", 1);
        var two = Connect(us, "bird", 2);
        await StartAsync<RoutingDaemon>("routing", us, new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.0.1",
            InstallRoutes = true,
            Further = "maximumPaths: 4",
            Peers = [Peer(1, 2, 65001, passive: true), Peer(1, 2, 65002, passive: true, link: 2)],
        });
        await StartAsync<BgpDaemon>("frr", one, new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Originate = [Prefix],
            Peers = [Peer(2, 1, 65000, passive: false) with { FamilyFurther = "  neighbor 10.9.1.1 route-map gigabit out" }],
            Trailer = "route-map gigabit permit 10\n set extcommunity bandwidth 1000\nexit\n",
        });
        await StartAsync<BgpDaemon>("bird", two, new DaemonConfig
        {
            Asn = 65002,
            RouterId = "10.9.2.2",
            Originate = [Prefix],
            Peers =
            [
                Peer(2, 1, 65000, passive: false, link: 2) with
                {
                    // 250 Mbit/s are 31,250,000 octets a second, as a float.
                    FamilyFurther = "export filter { bgp_ext_community.add((generic, 0x0004fdea, 0x4bee6b28)); accept; };",
                },
            ],
        });
        await Until.TrueAsync(
            "a quarter of the traffic over the slower one",
            () => us.Ip("route", "show", Prefix) is var route
                && route.Contains("via 10.9.1.2 dev to-frr weight 100", StringComparison.Ordinal)
                && route.Contains("via 10.9.2.2 dev to-bird weight 25", StringComparison.Ordinal));
    }
}
