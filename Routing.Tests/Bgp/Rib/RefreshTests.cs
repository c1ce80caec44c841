using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Enhanced route refresh (RFC 7313), both ways.</summary>
[TestFixture]
public sealed class RefreshTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    [Test]
    public void Routes_left_out_between_the_marks_go()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.EndOfRib(1);
        rib.Mark(1, UpdateEntryKind.BeginOfRefresh);
        rib.Announce(1, Model, "10.2.0.0/16", "10.3.0.0/16");
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(3), "nothing goes before the end");
        rib.Mark(1, UpdateEntryKind.EndOfRefresh);
        rib.Settle();
        Assert.That(receiver.Held.Keys.Select(prefix => prefix.ToString()), Is.EquivalentTo(new[] { "10.2.0.0/16", "10.3.0.0/16" }));
    }

    [Test]
    public void A_refresh_that_does_not_end_in_time_is_ended()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.EndOfRib(1);
        rib.Mark(1, UpdateEntryKind.BeginOfRefresh);
        rib.Announce(1, Model, "10.2.0.0/16");
        rib.Rib.Sessions.RefreshTimeExpired(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        rib.Settle();
        Assert.That(receiver.Held.Keys.Single().ToString(), Is.EqualTo("10.2.0.0/16"));
    }

    [Test]
    public void Before_End_of_RIB_the_begin_means_nothing()
    {
        // RFC 7313 §4: what is stale then is the restart's.
        var (rib, receiver) = WithTwoRoutes();
        rib.Mark(1, UpdateEntryKind.BeginOfRefresh);
        rib.Mark(1, UpdateEntryKind.EndOfRefresh);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_session_lost_in_the_middle_keeps_all_routes_for_the_restart()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.EndOfRib(1);
        rib.Mark(1, UpdateEntryKind.BeginOfRefresh);
        rib.Down(1, retain: true);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(2));
        Assert.That(rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1)).Refreshing, Is.Zero);
    }

    [Test]
    public void Our_answer_stands_between_marks_also_past_a_full_output()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        rib.Add(2);
        var receiver = rib.Up(2, enhancedRefresh: true);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        Assert.That((receiver.Announcements, receiver.Marks.Count), Is.EqualTo((2, 0)), "the first table has none");

        receiver.IsFull = true;
        rib.Rib.Sessions.RouteRefresh(RibHarness.Index(2), new RouteRefreshMessage(AfiSafi.IPv4Unicast));
        rib.Settle();
        receiver.IsFull = false;
        rib.Settle();
        Assert.That(receiver.Marks, Is.EqualTo(new[] { (RouteRefreshSubtype.Begin, 2), (RouteRefreshSubtype.End, 4) }));
    }

    [Test]
    public void A_peer_without_the_capability_gets_no_marks()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Rib.Sessions.RouteRefresh(RibHarness.Index(2), new RouteRefreshMessage(AfiSafi.IPv4Unicast));
        rib.Settle();
        Assert.That((receiver.Announcements, receiver.Marks.Count), Is.EqualTo((4, 0)));
    }

    private static (RibHarness Rib, RecordingOutput Receiver) WithTwoRoutes()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var receiver = rib.Connect(2);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Settle();
        return (rib, receiver);
    }
}
