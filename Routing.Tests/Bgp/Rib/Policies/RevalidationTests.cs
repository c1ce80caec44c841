using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using static Routing.Tests.Bgp.Rib.RibHarness;

namespace Routing.Tests.Bgp.Rib.Policies;

/// <summary>What becomes of routes when the RPKI's tables change (RFC 9324).</summary>
[TestFixture]
internal sealed class RevalidationTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = NextHopOf(1) };

    private static readonly RouteFilter RejectInvalid = new(new[]
    {
        new RouteRule
        {
            Action = RuleAction.Reject,
            Match = new RouteMatch { OriginValidation = new[] { OriginValidity.Invalid }.ToSequence() },
        },
    }.ToSequence());

    private static readonly RouteFilter RejectLeaks = new(new[]
    {
        new RouteRule
        {
            Action = RuleAction.Reject,
            Match = new RouteMatch { PathVerification = new[] { PathValidity.Invalid }.ToSequence() },
        },
    }.ToSequence());

    [Test]
    public void Routes_that_the_change_covers_are_judged_again_and_no_others()
    {
        var rib = new RibHarness();
        rib.Add(1, import: RejectInvalid);
        rib.Up(1);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        var judged = new List<Prefix>();
        Change(rib, RoaTable.Empty, [Payload("10.1.0.0/16", 64999)], judged);
        Assert.That(Accepted(rib), Is.EqualTo(new[] { "10.2.0.0/16" }), "10.1.0.0/16 is Invalid now, 10.2.0.0/16 NotFound");
        Assert.That(judged.Count(prefix => prefix == Parse("10.1.0.0/16")), Is.EqualTo(1));

        Change(rib, RoaTable.Create([Payload("10.1.0.0/16", 64999)]), [Payload("10.1.0.0/16", 64501)], judged);
        Assert.That(Accepted(rib), Is.EqualTo(new[] { "10.1.0.0/16", "10.2.0.0/16" }), "back, without asking the peer");
    }

    [Test]
    public void A_leak_is_rejected_once_the_providers_are_known()
    {
        var rib = new RibHarness();
        rib.Rib.AddPeer(Index(1), Config(1, import: RejectLeaks) with { ImportProfile = new() { Role = PeerRole.Provider } });
        rib.Up(1);
        var neighbor = rib.Tables.Peers[Index(1)].Session!.PeerAsn;
        rib.Announce(1, Model with { AsPath = [neighbor, 64999] }, "10.1.0.0/16");
        Assert.That(Accepted(rib), Is.Not.Empty, "nothing is known yet");
        var view = new RpkiView(RoaTable.Empty, AspaTable.Create([Aspa.Create(64999, [64998])]), OwnAsn);
        rib.Rib.ChangeValidity(view, static _ => false, pathsConcerned: true);
        rib.Settle();
        Assert.That(Accepted(rib), Is.Empty);
    }

    private static void Change(RibHarness rib, RoaTable before, Vrp[] payloads, List<Prefix> judged)
    {
        var roas = RoaTable.Create(payloads);
        var changed = RoaTable.Difference(before, roas);
        rib.Rib.ChangeValidity(
            new RpkiView(roas, AspaTable.Empty, OwnAsn),
            prefix =>
            {
                judged.Add(prefix);
                return changed.Covers(prefix);
            },
            pathsConcerned: false);
        rib.Settle();
    }

    private static IEnumerable<string> Accepted(RibHarness rib)
    {
        var locRib = rib.Tables[AfiSafi.IPv4Unicast].LocRib;
        return new[] { "10.1.0.0/16", "10.2.0.0/16" }
            .Where(prefix => locRib.Prefixes.Find(Parse(prefix)) is var row && row != 0 && locRib.BestOf(row) != 0);
    }

    private static Vrp Payload(string prefix, uint asn) => new(Parse(prefix), 24, asn);
}
