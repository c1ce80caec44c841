using Routing.Tests.Interop.Daemons;

namespace Routing.Tests.Interop;

/// <summary>Route policy beside a real daemon: it receives exactly what our export rules set, and what it sends is changed as
/// our import rules say.</summary>
[TestFixture]
[Category("Interop")]
[Category("Netns")]
internal sealed class RoutePolicyInteropTests : InteropFixture
{
    private const string Marked = "10.200.0.0/24";
    private const string Kept = "10.200.9.0/24";
    private const string Changed = "10.201.0.0/24";
    private const string Rejected = "10.201.1.0/24";

    private const string Filter = """

        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPFilter
        metadata: {name: f}
        spec:
          communitySets:
          - {name: theirs, values: ["65001:*", "65001:*:*"]}
          importV4:
          - {name: no-666, action: Reject, communities: {values: ["*:666"]}, asPath: {patterns: ["^65001$"]}}
          - action: Next
            operations:
            - deleteCommunities: {sets: [theirs]}
            - addCommunity: {value: "65000:7"}
            - addMED: {value: 5}
          - {action: Accept, med: {max: 15}, asPath: {originAS: [65001], length: 1}, operations: [{setLocalPreference: {value: 200}}, {prependASPath: {prefix: [64999]}}]}
          exportV4:
          - {action: Reject, matchOperator: In, cidr: 10.200.8.0/23}
          - action: Accept
            source: Local
            peerType: eBGP
            operations:
            - addCommunity: {value: "65000:1"}
            - addCommunity: {value: "65000:1:2"}
            - addCommunity: {value: "rt:65000:100"}
            - setMED: {value: 30}
            - setOrigin: {value: Incomplete}
            - prependASPath: {count: 2}
            - setNextHop: {value: 10.9.1.77}
        """;

    /// <summary>What each sends: the communities 65001:1 and 65009:9, the large one 65001:2:3 and a MED of 10; and a route
    /// with 65001:666.</summary>
    private static readonly Dictionary<string, Func<DaemonConfig, DaemonConfig>> Sending = new()
    {
        ["bird"] = config => config with
        {
            Peers = [config.Peers[0] with { FamilyFurther = "export filter { bgp_med = 10; accept; };" }],
            Further = $$"""
                protocol static marked { ipv4;
                  route {{Changed}} blackhole { bgp_community.add((65001,1)); bgp_community.add((65009,9));
                    bgp_large_community.add((65001,2,3)); };
                  route {{Rejected}} blackhole { bgp_community.add((65001,666)); };
                }
                """,
        },
        ["frr"] = config => config with
        {
            Originate = [Changed, Rejected],
            Peers = [config.Peers[0] with { FamilyFurther = "  neighbor 10.9.1.1 route-map marks out" }],
            Trailer = $"""
                ip prefix-list rejected permit {Rejected}
                route-map marks permit 10
                 match ip address prefix-list rejected
                 set community 65001:666
                exit
                route-map marks permit 20
                 set community 65001:1 65009:9
                 set large-community 65001:2:3
                 set metric 10
                exit

                """,
        },
    };

    /// <summary>What each shows of the route that our rules have marked.</summary>
    private static readonly Dictionary<string, string[]> Received = new()
    {
        ["bird"] =
        [
            "BGP.origin: Incomplete", "BGP.as_path: 65000 65000 65000", "BGP.next_hop: 10.9.1.77", "BGP.med: 30",
            "BGP.community: (65000,1)", "BGP.large_community: (65000, 1, 2)", "BGP.ext_community: (rt, 65000, 100)",
        ],
        ["frr"] =
        [
            "\"origin\":\"incomplete\"", "\"string\":\"65000 65000 65000\"", "\"ip\":\"10.9.1.77\"", "\"metric\":30",
            "\"string\":\"65000:1\"", "\"string\":\"65000:1:2\"", "\"string\":\"RT:65000:100\"",
        ],
    };

    [TestCase("bird")]
    [TestCase("frr")]
    public async Task Rules_change_what_goes_and_what_comes(string kind)
    {
        var (us, them) = Link("us", "them", 1);
        var config = new DaemonConfig
        {
            Asn = 65000,
            RouterId = "10.9.1.1",
            Originate = [Marked, Kept],
            Peers = [Peer(1, 2, 65001, passive: true) with { Further = "filters: [f]" }],
            Trailer = Filter,
        };
        var ours = await StartAsync<RoutingDaemon>("routing", us, config);
        var theirs = await StartAsync<BgpDaemon>(kind, them, Sending[kind](new DaemonConfig
        {
            Asn = 65001,
            RouterId = "10.9.1.2",
            Peers = [Peer(2, 1, 65000, passive: false)],
        }));

        await theirs.WaitForAsync(Marked);
        await ours.WaitForAsync(Changed);
        var received = Compact((await theirs.ReadRoutesAsync()).Single(route => route.Prefix == Marked).Detail, kind);
        Assert.That(Received[kind].Where(text => !received.Contains(text, StringComparison.Ordinal)), Is.Empty, received);
        Assert.That(await theirs.HasAsync(Kept), Is.False, "it was rejected on its way out");

        var changed = (await ours.ReadRoutesAsync()).Single(route => route.Prefix == Changed);
        Assert.That(changed.AsPath, Is.EqualTo("64999 65001"));
        Assert.That(changed.Detail, Does.Contain("\"localPref\": 200").And.Contain("\"multiExitDisc\": 15"));
        Assert.That(changed.Detail, Does.Contain("\"65009:9\", \"65000:7\"").And.Not.Contain("65001:1").And.Not.Contain("65001:2:3"));
        Assert.That(await ours.HasAsync(Rejected), Is.False);

        // Rules that change are applied to what is held and told, and the session does not notice.
        ours.Reload(config with
        {
            Trailer = Filter.Replace("cidr: 10.200.8.0/23", "cidr: 10.200.0.0/24", StringComparison.Ordinal)
                .Replace("*:666", "*:9", StringComparison.Ordinal),
        });
        await theirs.WaitForAsync(Kept);
        await theirs.WaitForLossAsync(Marked);
        await ours.WaitForAsync(Rejected);
        await ours.WaitForLossAsync(Changed);
        Assert.That((await ours.ReadPeersAsync()).Single().Session.EstablishedCount, Is.EqualTo(1u));
    }

    /// <summary>FRR's JSON is laid out for people.</summary>
    private static string Compact(string detail, string kind) => kind == "frr"
        ? string.Concat(detail.Split('\n').Select(line => line.Trim())).Replace("\": ", "\":", StringComparison.Ordinal)
        : detail;
}
