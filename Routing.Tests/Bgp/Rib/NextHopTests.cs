using System.Net;
using CsCheck;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Speaker;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Which next hops can be reached, through what, and how far they are (RFC 4271 §9.1.2.1, §9.1.2.2 e).</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NextHopTests
{
    private const string Far = "10.1.0.0/16";

    private readonly RecordingSink _sink = new();

    [Test]
    public void Until_somebody_says_otherwise_every_next_hop_is_reachable()
    {
        var rib = Make();
        Announce(rib, 1, "192.0.2.9", Far);
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("192.0.2.9"));
    }

    [Test]
    public void A_path_is_a_candidate_while_a_route_leads_to_its_next_hop() // RFC 4271 §9.1.2.1
    {
        var rib = Make();
        Set(rib, "10.0.0.0/24");
        Announce(rib, 1, "192.0.2.9", Far);
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty);
        var explained = new RouteExplainer(rib.Tables).Explain(RibHarness.Parse(Far), longestMatch: false)!;
        Assert.That(explained.Paths.Single().Path.Reason, Is.EqualTo(DecisionStep.NextHopUnreachable));

        Set(rib, "10.0.0.0/24", "192.0.2.0/24 10.0.0.7 20");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.7"), "the gateway, which the kernel can use");

        Set(rib, "10.0.0.0/24", "192.0.2.0/24 10.0.0.8 20");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.8"), "sinks follow though the path is the same");

        Set(rib, "10.0.0.0/24", "192.0.2.0/24 10.0.0.8 20", "192.0.2.9/32 unreachable");
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty, "a longer route refuses");

        Set(rib, "0.0.0.0/0 10.0.0.1 0");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.1"), "the default route is a route");
    }

    [Test]
    public void Routes_change_one_by_one_and_resolution_can_be_switched_off_and_on()
    {
        var rib = Make();
        Set(rib, "10.0.0.0/24");
        Announce(rib, 1, "192.0.2.9", Far);
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty);
        var prefix = RibHarness.Parse("192.0.2.0/24");
        rib.Tables.NextHops.Change([new InteriorRouteChange(prefix, new InteriorRoute(prefix, 20, [IPAddress.Parse("10.0.0.7")]))]);
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.7"));
        rib.Tables.NextHops.Change([new InteriorRouteChange(prefix, null)]);
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty);

        rib.Tables.NextHops.Switch(false);
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("192.0.2.9"), "taken as reachable");
        rib.Tables.NextHops.Switch(true);
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty, "what was said of the routes is still known");
    }

    [Test]
    public void The_nearer_next_hop_wins_where_the_rest_is_equal() // RFC 4271 §9.1.2.2 e
    {
        var rib = Make();
        Set(rib, "192.0.2.0/24 10.0.0.7 20", "198.51.100.0/24 10.0.0.8 10");
        Announce(rib, 1, "192.0.2.9", Far);
        Announce(rib, 2, "198.51.100.9", Far);
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.8"), "not the lower identifier, and no equal of it");
        var explained = new RouteExplainer(rib.Tables).Explain(RibHarness.Parse(Far), longestMatch: false)!;
        Assert.That(explained.DecidedBy, Is.EqualTo(DecisionStep.LowerInteriorCost));
        Assert.That(explained.Paths[1].Comparison, Is.EqualTo("cost to the next hop 20 against 10"));

        Set(rib, "192.0.2.0/24 10.0.0.7 5", "198.51.100.0/24 10.0.0.8 10");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.7"));

        Set(rib, "192.0.2.0/24 10.0.0.7 10", "198.51.100.0/24 10.0.0.8 10");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.7 10.0.0.8"), "as near as each other: they share");
    }

    [Test]
    public void Next_hops_are_followed_through_our_own_best_paths()
    {
        var rib = Make();
        Set(rib, "10.0.0.0/24");
        Announce(rib, 1, "192.0.2.9", Far); // from inside, its next hop behind another router
        Announce(rib, 2, "10.0.0.2", "192.0.2.0/24");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.2"));

        Announce(rib, 3, "10.0.0.3", "192.0.2.8/31");
        rib.Settle();
        Assert.That(Ways(Far), Is.EqualTo("10.0.0.3"), "a longer one came");
        rib.Withdraw(3, "192.0.2.8/31");
        rib.Withdraw(2, "192.0.2.0/24");
        rib.Settle();
        Assert.That(Ways(Far), Is.Empty);
    }

    [Test]
    public void No_path_helps_to_reach_its_own_next_hop()
    {
        var rib = Make();
        Set(rib, "10.0.0.0/24", "0.0.0.0/0 10.0.0.1 0");
        Announce(rib, 1, "10.1.0.9", Far); // inside itself
        Announce(rib, 2, "10.3.0.9", "10.2.0.0/16"); // each inside the other
        Announce(rib, 3, "10.2.0.9", "10.3.0.0/16");
        rib.Settle();
        Assert.That(new[] { Far, "10.2.0.0/16", "10.3.0.0/16" }.Select(Ways), Is.All.EqualTo("10.0.0.1"));

        Set(rib, "10.0.0.0/24");
        rib.Settle();
        Assert.That(new[] { Far, "10.2.0.0/16", "10.3.0.0/16" }.Select(Ways), Is.All.Empty);
    }

    [Test]
    public void Whatever_order_things_come_in_the_end_is_the_same() => Gen.Shuffle(new[] { 0, 1, 2, 3, 4, 5 }).Sample(order =>
    {
        var sink = new RecordingSink();
        var rib = Make(sink);
        foreach (var step in order)
        {
            ((Action)(step switch
            {
                0 => () => Set(rib, "10.0.0.0/24", "198.51.100.0/24 10.0.0.9 7"),
                1 => () => Announce(rib, 1, "192.0.2.9", Far),
                2 => () => Announce(rib, 2, "198.51.100.1", "192.0.2.0/24"),
                3 => () => Announce(rib, 3, "203.0.113.1", Far, "192.0.2.0/28"),
                4 => () => Announce(rib, 4, "10.0.0.4", "198.51.100.0/28"),
                _ => () => rib.Rib.Run(),
            }))();
        }

        rib.Settle();
        Assert.That(string.Join(' ', sink.Routes[RibHarness.Parse(Far)].AsEnumerable()), Is.EqualTo("10.0.0.4"));
        Assert.That(sink.Routes.ContainsKey(RibHarness.Parse("192.0.2.0/28")), Is.False);
    }, iter: 200);

    /// <summary>More rows than one slice of a walk has.</summary>
    [Test]
    public void A_table_follows_its_next_hop_in_slices()
    {
        var rib = Make();
        Set(rib, "10.0.0.0/24");
        var prefixes = Enumerable.Range(0, 10_000).Select(i => $"20.{i >> 8}.{i & 255}.0/24").ToArray();
        Announce(rib, 1, "192.0.2.9", prefixes);
        rib.Settle();
        Assert.That(_sink.Routes, Is.Empty);
        Set(rib, "192.0.2.0/24");
        var slices = 1;
        while (rib.Rib.Run())
        {
            slices++;
        }

        Assert.That(_sink.Routes, Has.Count.EqualTo(prefixes.Length));
        Assert.That(slices, Is.GreaterThan(2));
    }

    private RibHarness Make(RecordingSink? sink = null)
    {
        var rib = new RibHarness(multipath: new MultipathRules(4), sinks: sink ?? _sink);
        for (var peer = 1; peer <= 4; peer++)
        {
            rib.Connect(peer, external: false);
        }

        return rib;
    }

    private static void Announce(RibHarness rib, int peer, string nextHop, params string[] prefixes) => rib.Announce(
        peer, new RouteModel { AsPath = [64999], NextHop = Prefix.ToInteger(IPAddress.Parse(nextHop)) }, prefixes);

    /// <summary>"PREFIX", on a link; "PREFIX GATEWAY COST"; "PREFIX unreachable".</summary>
    private static void Set(RibHarness rib, params string[] routes) => rib.Tables.NextHops.SetRoutes(new InteriorRoutes(
        routes.Select(route => route.Split(' ')).Select(words => words switch
        {
            [var prefix] => new InteriorRoute(RibHarness.Parse(prefix), 0, []),
            [var prefix, "unreachable"] => new InteriorRoute(RibHarness.Parse(prefix), 0, [], IsReachable: false),
            _ => new InteriorRoute(RibHarness.Parse(words[0]), uint.Parse(words[2]), [IPAddress.Parse(words[1])]),
        })));

    private string Ways(string prefix) =>
        _sink.Routes.TryGetValue(RibHarness.Parse(prefix), out var ways) ? string.Join(' ', ways.AsEnumerable()) : "";
}
