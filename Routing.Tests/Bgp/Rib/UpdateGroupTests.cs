using Routing.Bgp.Rib.Export;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Rib;

[TestFixture]
public sealed class UpdateGroupTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    [TestCase(true, TestName = "RFC 8654 §4: attributes over 4096 octets go to those who take extended messages")]
    [TestCase(false, TestName = "and in two-octet form")]
    public void Long_attributes(bool fourOctetAsn)
    {
        var bench = new RibHarness();
        bench.Connect(1);
        bench.Add(2);
        bench.Add(3);
        var extended = bench.Up(2, extendedMessages: true, fourOctetAsn: fourOctetAsn);
        var ordinary = bench.Up(3, fourOctetAsn: fourOctetAsn);
        var model = new RouteModel
        {
            AsPath = [64501],
            NextHop = RibHarness.NextHopOf(1),
            Communities = [.. Enumerable.Range(1, 10_000).Select(number => (uint)number)],
        };
        bench.Announce(1, model, "10.1.0.0/24", "10.2.0.0/24");
        bench.Announce(1, model with { Communities = [1] }, "10.3.0.0/24");
        bench.Settle();
        Assert.That(ordinary.Held.Keys.Select(prefix => prefix.ToString()), Is.EqualTo(new[] { "10.3.0.0/24" }));
        Assert.That(extended.Held, Has.Count.EqualTo(3));
        Assert.That(extended.Held[RibHarness.Parse("10.1.0.0/24")].Communities, Has.Length.EqualTo(10_000));

        var longest = model with { Communities = [.. Enumerable.Range(1, 16_370).Select(number => (uint)number)] };
        bench.Announce(1, longest, "10.1.0.0/24");
        bench.Settle();
        Assert.That(extended.Held, Has.Count.EqualTo(2), "no room at all: withdrawn");
    }

    [Test]
    public void Members_share_the_very_octets()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var (second, third) = (rib.Connect(2), rib.Connect(3));
        rib.Settle();
        var before = (second.Taken.Count, third.Taken.Count);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        Assert.That(second.Taken.Skip(before.Item1).Single(), Is.SameAs(third.Taken.Skip(before.Item2).Single()));
        Assert.That(rib.Outputs[1].Held, Is.Empty);
    }

    [Test]
    public void A_thousand_prefixes_with_one_set_of_attributes_fill_messages()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var receiver = rib.Connect(2);
        rib.Settle();
        var before = receiver.Messages;
        rib.Announce(1, Model, [.. Enumerable.Range(0, 1000).Select(i => $"10.{i / 256}.{i % 256}.0/24")]);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(1000));
        Assert.That(receiver.Messages - before, Is.EqualTo(1), "4 octets each: all fit into 4096");
    }

    [Test]
    public void A_new_member_gets_the_table_and_then_End_of_RIB_for_each_family()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Announce(1, Model with { NextHop = RibHarness.NextHopOf(1, AfiSafi.IPv6Unicast) }, "2001:db8::/32");
        rib.Settle();
        var late = rib.Connect(2);
        rib.Settle();
        Assert.That(late.Held, Has.Count.EqualTo(2));
        Assert.That(late.EndsOfRib, Is.EquivalentTo(new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }));
        Assert.That(Views(rib), Is.EqualTo(1), "it has joined the others");
    }

    [Test]
    public void A_slow_member_coalesces_and_holds_nobody_up()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var (fast, slow) = (rib.Connect(2), rib.Connect(3));
        rib.Settle();
        slow.IsFull = true;
        for (var i = 0; i < 100; i++)
        {
            rib.Announce(1, Model with { AsPath = [64501, (uint)(100 + i)] }, "10.1.0.0/16");
            rib.Settle();
        }

        Assert.That((fast.Announcements, slow.Announcements), Is.EqualTo((100, 0)));
        slow.IsFull = false;
        rib.Settle();
        Assert.That(slow.Announcements, Is.EqualTo(1), "a prefix that changed often is sent once");
        Assert.That(slow.Held, Is.EquivalentTo(fast.Held));
        Assert.That(Views(rib), Is.EqualTo(1), "it has caught up and shares again");
    }

    [Test]
    public void A_member_that_never_reads_costs_bounded_memory()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var (_, stuck) = (rib.Connect(2), rib.Connect(3));
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        stuck.IsFull = true;
        for (var i = 0; i < 50_000; i++)
        {
            // Prefixes that come and go, each another one.
            var prefix = $"11.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32";
            rib.Announce(1, Model, prefix);
            rib.Withdraw(1, prefix);
            rib.Settle();
        }

        var locRib = rib.Tables[AfiSafi.IPv4Unicast].LocRib;
        Assert.That(locRib.Prefixes.End, Is.LessThan(4096), "rows are used again");
        Assert.That(locRib.Journal.Length, Is.LessThan(4096), "the journal is bounded by the rows");
        stuck.IsFull = false;
        rib.Settle();
        Assert.That(stuck.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.1.0.0/16") }));
        Assert.That(locRib.Prefixes.Count, Is.EqualTo(1));
    }

    [Test]
    public void The_source_of_a_better_path_is_told_to_forget_the_other_and_nobody_else_is()
    {
        var rib = new RibHarness();
        var (first, second, third) = (rib.Connect(1), rib.Connect(2), rib.Connect(3));
        rib.Announce(1, Model with { AsPath = [64501, 1, 2] }, "10.1.0.0/16");
        rib.Settle();
        Assert.That((first.Held.Count, second.Held.Count, third.Held.Count), Is.EqualTo((0, 1, 1)));
        rib.Announce(2, Model with { AsPath = [64502] }, "10.1.0.0/16");
        rib.Settle();
        Assert.That((first.Held.Count, second.Held.Count, third.Held.Count), Is.EqualTo((1, 0, 1)));
        Assert.That(third.Held.Values.Single().AsPath, Is.EqualTo(new uint[] { RibHarness.OwnAsn, 64502 }));
        rib.Withdraw(2, "10.1.0.0/16");
        rib.Settle();
        Assert.That((first.Held.Count, second.Held.Count, third.Held.Count), Is.EqualTo((0, 1, 1)));
        Assert.That(rib.Outputs.Values.Sum(output => output.NeedlessWithdrawals), Is.Zero);
    }

    [Test]
    public void An_old_speaker_gets_AS_TRANS_and_AS4_PATH()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Add(2);
        var old = new TwoOctetOutput();
        rib.Rib.Sessions.PeerUp(old.Up(2));
        rib.Announce(1, Model with { AsPath = [4_200_000_000] }, "10.1.0.0/16");
        rib.Settle();
        Assert.That(old.Paths.Single(), Is.EqualTo(((uint[])[65000, 23456], (uint[])[65000, 4_200_000_000])));
    }

    [Test]
    public void A_changed_export_filter_withdraws_and_announces_what_differs()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var receiver = rib.Connect(2);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        var match = new RouteMatch { Prefix = PrefixCondition.Exactly(RibHarness.Parse("10.1.0.0/16")) };
        var filter = new RouteFilter([new RouteRule { Action = RuleAction.Reject, Match = match }]);
        rib.Rib.ChangePeer(RibHarness.Index(2), RibHarness.Config(2, export: filter));
        rib.Settle();
        Assert.That(receiver.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.2.0.0/16") }));
        rib.Rib.ChangePeer(RibHarness.Index(2), RibHarness.Config(2));
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_refresh_sends_everything_again()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var receiver = rib.Connect(2);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        rib.Rib.Sessions.RouteRefresh(RibHarness.Index(2), new RouteRefreshMessage(AfiSafi.IPv4Unicast));
        rib.Settle();
        Assert.That((receiver.Announcements, receiver.Held.Count), Is.EqualTo((4, 2)));
    }

    private static int Views(RibHarness rib) =>
        rib.Tables[AfiSafi.IPv4Unicast].Out.Groups.Sum((UpdateGroup group) => group.Views.Count);
}
