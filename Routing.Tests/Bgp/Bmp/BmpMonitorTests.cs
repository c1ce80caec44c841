using Routing.Bgp.Bmp;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>What a station is told is what the tables hold.</summary>
[TestFixture]
public sealed class BmpMonitorTests
{
    private const BmpViews All = BmpViews.AdjRibInPrePolicy | BmpViews.AdjRibInPostPolicy | BmpViews.LocRib
        | BmpViews.AdjRibOutPrePolicy | BmpViews.AdjRibOutPostPolicy;

    private static readonly RouteRule RejectTen = new()
    {
        Action = RuleAction.Reject,
        Match = new RouteMatch { Prefix = PrefixCondition.In(RibHarness.Parse("10.0.0.0/8")) },
    };

    private static readonly RouteFilter NoTen = new([RejectTen]);

    private static readonly RouteFilter Preferring = new(
        [new RouteRule { Action = RuleAction.Accept, Operations = [new RouteOperation.SetLocalPref(300)] }]);

    private static readonly RouteFilter NoTenAndPreferred = new(
        [RejectTen, new RouteRule { Action = RuleAction.Accept, Operations = [new RouteOperation.SetLocalPref(200)] }]);

    [Test]
    public void A_station_gets_the_tables_that_it_wants()
    {
        var harness = new RibHarness();
        harness.Add(1, import: NoTenAndPreferred);
        harness.Up(1);
        harness.Connect(2);
        harness.Announce(1, Route(1), "10.1.0.0/16", "11.0.0.0/8");
        harness.Announce(2, Route(2), "10.1.0.0/16", "2001:db8::/32");
        var bench = new MonitorBench(harness, All);
        bench.Settle();

        Assert.That(bench.Station.Up, Is.EquivalentTo(new[] { 0, 1, 2 }));
        Assert.That(Told(bench, "in-pre"), Is.EquivalentTo(new[]
        {
            (1, "10.1.0.0/16"), (1, "11.0.0.0/8"), (2, "10.1.0.0/16"), (2, "2001:db8::/32"),
        }));
        Assert.That(Told(bench, "in-post"), Is.EquivalentTo(new[]
        {
            (1, "11.0.0.0/8"), (2, "10.1.0.0/16"), (2, "2001:db8::/32"),
        }));
        Assert.That(Told(bench, "loc"), Is.EquivalentTo(new[]
        {
            (0, "10.1.0.0/16"), (0, "11.0.0.0/8"), (0, "2001:db8::/32"),
        }));
        Assert.That(Told(bench, "out-post"), Is.EquivalentTo(new[]
        {
            (1, "10.1.0.0/16"), (1, "2001:db8::/32"), (2, "11.0.0.0/8"),
        }));
        Assert.That(
            bench.Station.Routes[("in-pre", 1, RibHarness.Parse("11.0.0.0/8"))], Is.EqualTo(Route(1)), "as received");
        Assert.That(
            bench.Station.Routes[("in-post", 1, RibHarness.Parse("11.0.0.0/8"))],
            Is.EqualTo(Route(1) with { LocalPref = 200 }), "as the policy made it");
        Assert.That(
            bench.Station.EndsOfRib.Where(end => end.Table is "in-pre" or "loc"),
            Is.EquivalentTo(
                from peer in new[] { ("loc", 0), ("in-pre", 1), ("in-pre", 2) }
                from family in new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }
                select (peer.Item1, peer.Item2, family)));
    }

    [Test]
    public void What_is_told_to_peers_is_seen_before_and_after_the_policy()
    {
        // RFC 8671 §3
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Add(2, export: NoTen);
        harness.Up(2);
        harness.Announce(1, Route(1), "10.1.0.0/16", "11.0.0.0/8");
        var bench = new MonitorBench(harness, BmpViews.AdjRibOutPrePolicy | BmpViews.AdjRibOutPostPolicy);
        bench.Settle();
        Assert.That(Told(bench, "out-pre"), Is.EquivalentTo(new[] { (2, "10.1.0.0/16"), (2, "11.0.0.0/8") }));
        Assert.That(Told(bench, "out-post"), Is.EquivalentTo(new[] { (2, "11.0.0.0/8") }));
        Assert.That(
            bench.Station.Routes[("out-post", 2, RibHarness.Parse("11.0.0.0/8"))],
            Is.EqualTo(harness.Outputs[2].Held[RibHarness.Parse("11.0.0.0/8")]), "the very octets");

        harness.Rib.ChangePeer(RibHarness.Index(2), RibHarness.Config(2));
        bench.Settle();
        Assert.That(Told(bench, "out-post"), Is.EquivalentTo(new[] { (2, "10.1.0.0/16"), (2, "11.0.0.0/8") }));
    }

    [Test]
    public void A_changed_policy_changes_the_table_after_it_alone()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Announce(1, Route(1), "10.1.0.0/16");
        var bench = new MonitorBench(harness, BmpViews.AdjRibInPrePolicy | BmpViews.AdjRibInPostPolicy);
        bench.Settle();
        var before = bench.Station.Announcements;
        harness.Rib.ChangePeer(RibHarness.Index(1), RibHarness.Config(1, import: NoTen));
        bench.Settle();
        Assert.That(Told(bench, "in-pre"), Is.EquivalentTo(new[] { (1, "10.1.0.0/16") }));
        Assert.That(Told(bench, "in-post"), Is.Empty);
        Assert.That(bench.Station.Announcements, Is.EqualTo(before), "nothing is told twice");
    }

    [Test]
    public void Routes_that_are_kept_over_a_restart_are_told_again()
    {
        // RFC 7854 §4.9: with Peer Down the station forgets the peer's routes; we keep them (RFC 4724 §4.2).
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Announce(1, Route(1), "10.1.0.0/16", "10.2.0.0/16");
        var bench = new MonitorBench(harness, BmpViews.AdjRibInPrePolicy);
        bench.Settle();
        harness.Down(1, retain: true);
        bench.Settle();
        Assert.That(bench.Station.Routes, Is.Empty);
        harness.Up(1, preserved: [AfiSafi.IPv4Unicast]);
        harness.Announce(1, Route(1), "10.1.0.0/16");
        bench.Settle();
        Assert.That(Told(bench, "in-pre"), Is.EquivalentTo(new[] { (1, "10.1.0.0/16"), (1, "10.2.0.0/16") }));
        harness.EndOfRib(1);
        bench.Settle();
        Assert.That(Told(bench, "in-pre"), Is.EquivalentTo(new[] { (1, "10.1.0.0/16") }));
        Assert.That(bench.Station.EndsOfRib, Does.Contain(("in-pre", 1, AfiSafi.IPv4Unicast)));
    }

    [Test]
    public void A_station_that_does_not_read_holds_little_and_learns_the_last_state()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        var bench = new MonitorBench(harness, BmpViews.AdjRibInPrePolicy | BmpViews.LocRib);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 2000; i++)
            {
                harness.Announce(1, Route(1) with { Med = (uint)((round * 10_000) + i) }, $"10.{i / 256}.{i % 256}.0/24");
            }

            harness.Settle();
        }

        Assert.That(bench.Output.Octets, Is.LessThan(2 * OutputQueue.Capacity), "bounded");
        bench.Settle();
        Assert.That(bench.IsGivenUp, Is.False);
        Assert.That(bench.Station.Routes, Has.Count.EqualTo(4000));
        Assert.That(bench.Station.Routes.Values.Min(route => route.Med), Is.EqualTo(90_000));
        Assert.That(bench.Station.Announcements, Is.LessThan(20_000), "of 40,000: states in between are passed over");
    }

    [Test]
    public void A_station_that_reads_nothing_while_peers_flap_is_given_up()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        var bench = new MonitorBench(harness, BmpViews.None);
        for (var i = 0; i < 50_000 && !bench.IsGivenUp; i++)
        {
            harness.Down(1);
            harness.Up(1);
        }

        Assert.That(bench.IsGivenUp, Is.True);
    }

    [Test]
    public void Statistics_are_of_peers_and_the_Loc_RIB()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        var bench = new MonitorBench(harness, BmpViews.LocRib);
        bench.Monitor.Report();
        bench.Settle();
        Assert.That(bench.Station.Messages[BmpMessageType.StatisticsReport], Is.EqualTo(2));
    }

    [Test]
    public void A_monitor_that_goes_leaves_nothing([Values] bool hasRead)
    {
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Announce(1, Route(1), "10.1.0.0/16");
        var bench = new MonitorBench(harness, All);
        if (hasRead)
        {
            bench.Settle();
        }

        harness.Rib.Monitors.Remove(bench.Monitor);
        harness.Withdraw(1, "10.1.0.0/16");
        harness.Settle();
        Assert.That(harness.Tables.Attributes.Count, Is.EqualTo(1), "our own routes' attributes alone");
        Assert.That(harness.Tables[AfiSafi.IPv4Unicast].LocRib.Prefixes.Count, Is.Zero);
    }

    [Test]
    public void Whatever_happens_the_station_ends_with_what_the_tables_hold([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var harness = new RibHarness();
        for (var peer = 1; peer <= 4; peer++)
        {
            harness.Connect(peer, external: peer < 3, client: peer == 3);
        }

        var benches = new List<MonitorBench>();
        for (var step = 0; step < 300; step++)
        {
            Step(random, harness, benches);
        }

        benches.Add(new MonitorBench(harness, All));
        benches.ForEach(bench => bench.Settle());
        foreach (var bench in benches)
        {
            Assert.That(
                bench.Station.Routes.Except(benches[^1].Station.Routes), Is.Empty, $"seed {seed}: too many");
            Assert.That(
                benches[^1].Station.Routes.Except(bench.Station.Routes), Is.Empty, $"seed {seed}: too few");
            foreach (var (number, output) in harness.Outputs)
            {
                if (harness.Tables.Peers[RibHarness.Index(number)].Session is not null)
                {
                    Assert.That(
                        bench.Station.Routes.Where(route => route.Key.Table == "out-post" && route.Key.Peer == number)
                            .ToDictionary(route => route.Key.Prefix, route => route.Value),
                        Is.EquivalentTo(output.Held), $"seed {seed}, peer {number}");
                }
            }
        }
    }

    private static void Step(Random random, RibHarness harness, List<MonitorBench> benches)
    {
        var peer = random.Next(1, 5);
        var isUp = harness.Tables.Peers[RibHarness.Index(peer)].Session is not null;
        string[] prefixes =
        [
            .. Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                random.Next(3) == 0 ? $"2001:db8:{random.Next(20):x}::/48" : $"10.{random.Next(20)}.0.0/16"),
        ];
        switch (random.Next(12))
        {
            case < 4 when isUp:
                harness.Announce(peer, Route(peer) with { Med = (uint)random.Next(3) }, [.. prefixes.Distinct().Where(p => !p.Contains(':'))]);
                break;
            case < 7 when isUp:
                harness.Withdraw(peer, [.. prefixes.Distinct()]);
                break;
            case 7 when isUp:
                harness.Down(peer, retain: random.Next(2) == 0);
                break;
            case 7 or 8 when !isUp:
                harness.Up(peer, preserved: random.Next(2) == 0 ? [AfiSafi.IPv4Unicast] : []);
                break;
            case 8:
                harness.EndOfRib(peer);
                break;
            case 9:
                harness.Rib.ChangePeer(
                    RibHarness.Index(peer),
                    RibHarness.Config(
                        peer, peer < 3, peer == 3, Pick(random), Pick(random)));
                break;
            case 10 when benches.Count < 3:
                benches.Add(new MonitorBench(harness, All));
                break;
            case 10:
                benches[random.Next(benches.Count)].ReadSome();
                break;
            default:
                harness.Settle();
                break;
        }
    }

    private static RouteFilter? Pick(Random random) => random.Next(3) switch { 0 => NoTen, 1 => Preferring, _ => null };

    private static RouteModel Route(int peer) =>
        new() { AsPath = [64500 + (uint)peer, 7], NextHop = RibHarness.NextHopOf(peer) };

    private static IEnumerable<(int, string)> Told(MonitorBench bench, string table) =>
        bench.Station.Routes.Keys.Where(key => key.Table == table).Select(key => (key.Peer, key.Prefix.ToString()));
}
