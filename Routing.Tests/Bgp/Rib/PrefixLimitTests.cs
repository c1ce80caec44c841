using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

/// <summary>RFC 4271 §6.7: how many prefixes a neighbour may send, counted after each batch.</summary>
[TestFixture]
public sealed class PrefixLimitTests
{
    private readonly List<PrefixLimitNotice> _notices = [];

    [SetUp]
    public void Forget() => _notices.Clear();

    [Test]
    public void A_warning_comes_once_at_the_threshold_and_the_end_at_one_more_than_allowed()
    {
        var bench = Bench(new PrefixLimit(AfiSafi.IPv4Unicast, 4, WarningPercent: 75));
        Announce(bench, 1, 2);
        Assert.That(_notices, Is.Empty);
        Announce(bench, 3, 1);
        Announce(bench, 4, 1);
        Assert.That(_notices.Single(), Is.EqualTo(new PrefixLimitNotice(Limit(bench), 3)), "once");
        Announce(bench, 5, 1);
        Assert.That((_notices[^1].EndsSession, _notices[^1].Count), Is.EqualTo((true, 5)));

        Announce(bench, 6, 100);
        Assert.That(Held(bench).Received, Is.EqualTo(5), "nothing more is taken until the session has ended");
        Assert.That(_notices, Has.Count.EqualTo(2));

        bench.Down(1);
        bench.Up(1);
        Announce(bench, 1, 4);
        Assert.That(Held(bench).Received, Is.EqualTo(4), "the next session begins at zero");
    }

    [Test]
    public void Fewer_again_and_more_again_warns_again()
    {
        var bench = Bench(new PrefixLimit(AfiSafi.IPv4Unicast, 4));
        Announce(bench, 1, 3);
        bench.Withdraw(1, "10.0.1.0/24", "10.0.2.0/24");
        Announce(bench, 1, 3);
        Assert.That(_notices.Select(notice => notice.EndsSession), Is.EqualTo(new[] { false, false }));
    }

    [Test]
    public void A_limit_of_warnings_alone_takes_everything()
    {
        var bench = Bench(new PrefixLimit(AfiSafi.IPv4Unicast, 2, WarningOnly: true));
        Announce(bench, 1, 10);
        Announce(bench, 11, 10);
        Assert.That(Held(bench).Received, Is.EqualTo(20));
        Assert.That(_notices.Single().EndsSession, Is.False);
    }

    [Test]
    public void Of_accepted_prefixes_those_with_our_AS_do_not_count()
    {
        var bench = Bench(new PrefixLimit(AfiSafi.IPv4Unicast, 2, AcceptedOnly: true));
        bench.Announce(1, new RouteModel { AsPath = [64501, RibHarness.OwnAsn] }, Prefixes(1, 10));
        Assert.That(_notices, Is.Empty);
        Announce(bench, 11, 3);
        Assert.That(_notices[^1].EndsSession);
    }

    [Test]
    public void A_lowered_limit_counts_at_once_and_families_count_apart()
    {
        var bench = Bench(new PrefixLimit(AfiSafi.IPv4Unicast, 10));
        Announce(bench, 1, 3);
        bench.Announce(1, new RouteModel { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) }, "2001:db8:1::/48", "2001:db8:2::/48");
        Assert.That(_notices, Is.Empty);
        bench.Rib.ChangePeer(RibHarness.Index(1), Config(new PrefixLimit(AfiSafi.IPv4Unicast, 2)));
        Assert.That(_notices.Single().EndsSession);
    }

    private static AdjRibIn Held(RibHarness bench) => bench.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));

    private static PrefixLimit Limit(RibHarness bench) => bench.Tables.Peers[RibHarness.Index(1)].Config.Limits.Single();

    private static RibPeerConfig Config(PrefixLimit limit) => RibHarness.Config(1) with { Limits = [limit] };

    private static void Announce(RibHarness bench, int first, int count) =>
        bench.Announce(1, new RouteModel { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) }, Prefixes(first, count));

    private static string[] Prefixes(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => $"10.{number >> 8}.{number & 255}.0/24")];

    private RibHarness Bench(PrefixLimit limit)
    {
        var bench = new RibHarness { LimitObserver = new Observer(_notices) };
        bench.Rib.AddPeer(RibHarness.Index(1), Config(limit));
        bench.Up(1);
        return bench;
    }

    private sealed class Observer(List<PrefixLimitNotice> notices) : IPrefixLimitObserver
    {
        public void OnPrefixLimit(PrefixLimitNotice notice) => notices.Add(notice);
    }
}
