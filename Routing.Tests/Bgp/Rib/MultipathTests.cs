using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Tests.Bgp.Speaker;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Which paths share traffic, and in what proportion.</summary>
[TestFixture]
internal sealed class MultipathTests
{
    private const string Prefix = "10.1.0.0/16";

    [TestCase(true, true, false, true, "10.0.0.1 10.0.0.2", TestName = "External ones alone go before internal ones")]
    [TestCase(true, true, true, true, "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4", TestName = "Both kinds, mixed")]
    [TestCase(false, true, false, true, "10.0.0.1", TestName = "No multipath over external paths")]
    [TestCase(true, true, false, false, "10.0.0.1", TestName = "AS paths must be the same")]
    public void Equal_paths_share_as_the_rules_say(bool external, bool @internal, bool mixed, bool relaxed, string expected)
    {
        var (rib, sink) = Make(new MultipathRules(8, external, @internal, mixed, relaxed));
        Announce(rib, 1, external: true, asn: 64501);
        Announce(rib, 2, external: true, asn: 64502);
        Announce(rib, 3, external: false, asn: 64503);
        Announce(rib, 4, external: false, asn: 64503);
        rib.Settle();
        Assert.That(string.Join(' ', sink.Routes[RibHarness.Parse(Prefix)].AsEnumerable()), Is.EqualTo(expected));
    }

    [TestCase(true, "10.0.0.3 10.0.0.4")]
    [TestCase(false, "10.0.0.3")]
    public void Internal_paths_share_where_they_may(bool @internal, string expected)
    {
        var (rib, sink) = Make(new MultipathRules(8, Internal: @internal, RelaxAsPath: false));
        Announce(rib, 3, external: false, asn: 64503);
        Announce(rib, 4, external: false, asn: 64503);
        rib.Settle();
        Assert.That(string.Join(' ', sink.Routes[RibHarness.Parse(Prefix)].AsEnumerable()), Is.EqualTo(expected));
    }

    [TestCase(1.25e9f, 5e9f, "25 100")]
    [TestCase(5e9f, 5e9f, "", TestName = "The same bandwidth: alike")]
    [TestCase(5e9f, 0f, "", TestName = "No bandwidth: alike (draft-ietf-idr-link-bandwidth §3)")]
    [TestCase(1f, 5e9f, "1 100", TestName = "No path is left without a share")]
    public void Traffic_follows_the_link_bandwidths(float one, float two, string expected)
    {
        var (rib, sink) = Make(new MultipathRules(8));
        Announce(rib, 1, external: true, asn: 64501, one);
        Announce(rib, 2, external: true, asn: 64502, two);
        rib.Settle();
        Assert.That(string.Join(' ', sink.Weights[RibHarness.Parse(Prefix)]), Is.EqualTo(expected));
        Assert.That(sink.Routes[RibHarness.Parse(Prefix)], Is.EqualTo(new[] { IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2") }));
    }

    [Test]
    public void Without_weights_all_share_alike()
    {
        var (rib, sink) = Make(new MultipathRules(8, Weighted: false));
        Announce(rib, 1, external: true, asn: 64501, 1e9f);
        Announce(rib, 2, external: true, asn: 64502, 5e9f);
        rib.Settle();
        Assert.That(sink.Weights[RibHarness.Parse(Prefix)], Is.Empty);
    }

    private static (RibHarness Rib, RecordingSink Sink) Make(MultipathRules rules)
    {
        var sink = new RecordingSink();
        return (new RibHarness(multipath: rules, sinks: sink), sink);
    }

    private static void Announce(RibHarness rib, int peer, bool external, uint asn, float? bandwidth = null)
    {
        rib.Connect(peer, external);
        var model = new RouteModel { AsPath = [asn], NextHop = RibHarness.NextHopOf(peer), Bandwidth = bandwidth };
        rib.Announce(peer, model, Prefix);
    }
}
