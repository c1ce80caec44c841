using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using static Routing.Tests.Bgp.Rib.RibHarness;

namespace Routing.Tests.Bgp.Rib.Policies;

/// <summary>Policies where routes come in and go out.</summary>
[TestFixture]
internal sealed class RibPolicyTests
{
    private const uint Community = (64501u << 16) | 1;

    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = NextHopOf(1), Communities = [Community] };

    [Test]
    public void An_import_policy_changes_what_counts_and_keeps_what_came()
    {
        var rib = new RibHarness();
        rib.Add(1, import: Filter(Rule(new RouteOperation.SetLocalPref(200), new RouteOperation.SetWeight(7))));
        rib.Up(1);
        rib.Announce(1, Model, "10.1.0.0/16");
        var path = rib.Tables[AfiSafi.IPv4Unicast].LocRib.BestOf(rib.Tables[AfiSafi.IPv4Unicast].LocRib.Prefixes.Find(Parse("10.1.0.0/16")));
        ref readonly var effective = ref rib.Tables.Attributes.Inputs(rib.Tables.Paths[path].Attributes);
        Assert.That((effective.LocalPref, effective.Weight), Is.EqualTo((200u, 7u)));
        Assert.That(rib.Tables.Attributes.Inputs(rib.Tables.Paths.ReceivedOf(path)).Has(AttributeTraits.HasLocalPref), Is.False);
        rib.Withdraw(1, "10.1.0.0/16");
        Assert.That(rib.Tables.Attributes.Count, Is.EqualTo(1), "only our own routes' attributes are left");
    }

    [Test]
    public void Weight_goes_before_local_preference()
    {
        var rib = new RibHarness();
        rib.Add(1, import: Filter(Rule(new RouteOperation.SetWeight(1))));
        rib.Add(2, import: Filter(Rule(new RouteOperation.SetLocalPref(500))));
        rib.Up(1);
        rib.Up(2);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Announce(2, Model with { AsPath = [64502] }, "10.1.0.0/16");
        var explanation = Explain(rib, "10.1.0.0/16");
        Assert.That(
            (explanation.DecidedBy, explanation.Paths[0].Path.Peer, explanation.Paths[0].Path.Others.Single()),
            Is.EqualTo((DecisionStep.HigherWeight, "p1", "weight 1")));
    }

    [Test]
    public void A_changed_import_policy_is_applied_to_what_is_held_and_to_that_peer_alone()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Connect(2);
        var receiver = rib.Connect(3);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Announce(2, Model with { AsPath = [64502] }, "10.3.0.0/16");
        rib.Settle();
        var told = receiver.Announcements;

        var add = Rule(new RouteOperation.AddCommunities([Value("65000:7")]));
        rib.Rib.ChangePeer(Index(1), Config(1, import: Filter(add, Reject("10.2.0.0/16"))));
        rib.Settle();
        Assert.That(receiver.Held.Keys.Select(prefix => prefix.ToString()), Is.EquivalentTo(new[] { "10.1.0.0/16", "10.3.0.0/16" }));
        Assert.That(receiver.Held[Parse("10.1.0.0/16")].Communities, Is.EqualTo(new[] { Community, (65000u << 16) | 7 }));
        Assert.That(receiver.Announcements - told, Is.EqualTo(1), "the one route that is changed");

        rib.Rib.ChangePeer(Index(1), Config(1, import: Filter(add, Reject("10.2.0.0/16"))));
        rib.Settle();
        Assert.That(receiver.Announcements - told, Is.EqualTo(1), "an equal policy is no change");

        rib.Rib.ChangePeer(Index(1), Config(1));
        rib.Settle();
        Assert.That((receiver.Held.Count, receiver.Held[Parse("10.1.0.0/16")].Communities.Length), Is.EqualTo((3, 1)));
        Assert.That(rib.Tables.Attributes.Count, Is.EqualTo(3), "two sets as received, and our own");
    }

    [Test]
    public void An_export_policy_changes_what_is_sent()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Add(2, export: Filter(
            Rule(
                new RouteOperation.AddCommunities([Value("65000:7")]),
                new RouteOperation.SetMed(30),
                new RouteOperation.PrependOwnAs(2),
                new RouteOperation.PrependAsPath([64999]),
                new RouteOperation.SetWeight(9)) with { Match = In("10.1.0.0/16") },
            Reject("10.2.0.0/16")));
        var receiver = rib.Up(2);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.1.1.0/24");
        rib.Settle();
        var plain = Model with { AsPath = [OwnAsn, 64501], NextHop = Prefix.ToInteger(OwnIPv4) };
        var changed = plain with
        {
            AsPath = [OwnAsn, 64999, OwnAsn, OwnAsn, 64501],
            Med = 30,
            Communities = [Community, (65000u << 16) | 7],
        };
        Assert.That(receiver.Held, Is.EquivalentTo(new Dictionary<Prefix, RouteModel>
        {
            [Parse("10.1.0.0/16")] = changed,
            [Parse("10.1.1.0/24")] = changed,
            [Parse("10.3.0.0/16")] = plain,
        }));
        Assert.That(rib.Tables.Attributes.Count, Is.EqualTo(2), "what was made for the round is let go of");

        rib.Withdraw(1, "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.1.1.0/24");
        rib.Settle();
        Assert.That((receiver.Held.Count, receiver.NeedlessWithdrawals), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_route_that_comes_to_be_rejected_on_its_way_out_is_withdrawn()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Add(2, export: Filter(new RouteRule
        {
            Action = RuleAction.Reject,
            Match = new RouteMatch { Communities = new CommunityCondition([Pattern("64501:2")]) },
        }));
        var receiver = rib.Up(2);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(1));
        rib.Announce(1, Model with { Communities = [(64501u << 16) | 2] }, "10.1.0.0/16");
        rib.Settle();
        Assert.That((receiver.Held.Count, receiver.NeedlessWithdrawals), Is.EqualTo((0, 0)));
    }

    [Test]
    public void An_export_policy_settles_the_next_hop()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Add(2, export: Filter(
            Rule(new RouteOperation.KeepNextHop()) with { Action = RuleAction.Accept, Match = In("10.1.0.0/16") },
            Rule(new RouteOperation.SetNextHop(IPAddress.Parse("10.0.0.77")))));
        var receiver = rib.Up(2);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        Assert.That(receiver.Held[Parse("10.1.0.0/16")].NextHop, Is.EqualTo(NextHopOf(1)));
        Assert.That(receiver.Held[Parse("10.2.0.0/16")].NextHop, Is.EqualTo(NextHopOf(77)));
    }

    [Test]
    public void Peers_with_equal_policies_share_an_update_group()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        for (var number = 2; number < 6; number++)
        {
            rib.Add(number, export: Filter(Rule(new RouteOperation.SetMed(number == 5 ? 2u : 1u))));
            rib.Up(number);
        }

        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        Assert.That(rib.Tables[AfiSafi.IPv4Unicast].Out.Groups.Count(), Is.EqualTo(3), "no policy, 2 to 4, and 5");
        Assert.That(
            Enumerable.Range(2, 4).Select(number => rib.Outputs[number].Held[Parse("10.1.0.0/16")].Med),
            Is.EqualTo(new uint?[] { 1, 1, 1, 2 }));
    }

    [Test]
    public void Whatever_is_told_changes_with_the_export_policy_alone()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var (changed, other) = (rib.Connect(2), rib.Connect(3));
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        rib.Rib.ChangePeer(Index(2), Config(2, export: Filter(Rule(new RouteOperation.SetMed(5)))));
        rib.Settle();
        Assert.That((changed.Held[Parse("10.1.0.0/16")].Med, changed.Announcements, other.Announcements), Is.EqualTo((5u, 2, 1)));
    }

    [Test]
    public void The_kernel_is_told_the_priority()
    {
        var sink = new Routing.Tests.Bgp.Speaker.RecordingSink();
        var rib = new RibHarness(sinks: sink);
        rib.Add(1, import: Filter(Rule(new RouteOperation.SetPriority(512))));
        rib.Up(1);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        Assert.That(sink.Metrics[Parse("10.1.0.0/16")], Is.EqualTo(512u));
    }

    [Test]
    public void An_explanation_names_the_rules_on_the_way_in_and_out()
    {
        var rib = new RibHarness();
        var prefer = Rule(new RouteOperation.SetLocalPref(200)) with { Action = RuleAction.Next };
        rib.Add(1, import: Placed("from-p1", "importV4", prefer, Reject("10.2.0.0/16")));
        rib.Up(1);
        var setMed = Rule(new RouteOperation.SetMed(5)) with { Action = RuleAction.Accept, Match = In("10.1.0.0/16") };
        rib.Add(2, export: Placed("to-p2", "exportV4", setMed));
        rib.Up(2);
        rib.Add(3, export: Placed("to-p3", "exportV4", Reject("10.0.0.0/8")));
        rib.Up(3);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();

        var explanation = Explain(rib, "10.1.0.0/16");
        Assert.That(explanation.Paths[0].Path.Policy.Select(step => step.ToString()), Is.EqualTo(new[]
        {
            "from-p1 importV4[0], bgp.yaml:10: Next, localPreference 200",
        }));
        Assert.That(
            explanation.Advertisements.Select(each => $"{each.Peer} {each.State} {each.Verdict}: {string.Join("; ", each.Policy)}"),
            Is.EqualTo(new[]
            {
                "p1 CameFromPeer Exported: ",
                "p2 Advertised Exported: to-p2 exportV4[0], bgp.yaml:10: Accept, med 5",
                "p3 KeptBack RejectedByFilter: to-p3 exportV4[0], bgp.yaml:10: Reject",
            }));
        Assert.That(explanation.Advertisements[1].Sent!.MultiExitDisc, Is.EqualTo(5u));

        var counts = PeerStatusReader.ReadFamilies(rib.Tables)[RibHarness.Index(1)][0];
        Assert.That((counts.Received, counts.Accepted, counts.Rejected), Is.EqualTo((2, 1, 1)));
        var rejected = Explain(rib, "10.2.0.0/16");
        Assert.That(
            (rejected.Paths[0].Path.Reason, string.Join("; ", rejected.Paths[0].Path.Policy)),
            Is.EqualTo((
                DecisionStep.RejectedByFilter,
                "from-p1 importV4[0], bgp.yaml:10: Next, localPreference 200; from-p1 importV4[1], bgp.yaml:11: Reject")));
    }

    private static RouteExplanation Explain(RibHarness rib, string prefix) =>
        new RouteExplainer(rib.Tables).Explain(Parse(prefix), longestMatch: false)!;

    private static RouteFilter Filter(params RouteRule[] rules) => new(rules.ToSequence());

    private static RouteFilter Placed(string filter, string list, params RouteRule[] rules) => new(rules
        .Select((rule, index) => rule with { Place = new RulePlace(filter, list, index) { File = "bgp.yaml", Line = 10 + index } })
        .ToSequence());

    private static RouteRule Rule(params RouteOperation[] operations) =>
        new() { Action = RuleAction.Next, Operations = operations.ToSequence() };

    private static RouteRule Reject(string within) => new() { Action = RuleAction.Reject, Match = In(within) };

    private static RouteMatch In(string prefix) => new() { Prefix = PrefixCondition.In(Parse(prefix)) };

    private static CommunityValue Value(string text) =>
        CommunityValue.TryParse(text, out var value) ? value : throw new ArgumentException(text);

    private static CommunityPattern Pattern(string text) =>
        CommunityPattern.TryParse(text, out var pattern, out _) ? pattern : throw new ArgumentException(text);
}
