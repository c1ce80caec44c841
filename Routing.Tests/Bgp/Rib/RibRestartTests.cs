using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Speaker;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Graceful restart (RFC 4724): the peer's (§4.2) and our own (§4.1).</summary>
[TestFixture]
public sealed class RibRestartTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    [Test]
    public void Stale_routes_stay_until_End_of_RIB_and_then_only_what_was_announced_again()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(2), "nobody notices the restart");
        var announcements = receiver.Announcements;

        rib.Up(1, preserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Settle();
        Assert.That(rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1)).Stale, Is.EqualTo(1));
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That(receiver.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.1.0.0/16") }));
        Assert.That(receiver.Announcements, Is.EqualTo(announcements), "the same route again is no news");
    }

    [Test]
    public void A_peer_that_did_not_keep_its_forwarding_loses_its_stale_routes_at_once()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Up(1, preserved: []);
        rib.Settle();
        Assert.That(receiver.Held, Is.Empty);
    }

    [Test]
    public void Stale_routes_go_when_the_restart_time_has_passed()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Rib.Sessions.RestartTimeExpired(RibHarness.Index(1), [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast]);
        rib.Settle();
        Assert.That(receiver.Held, Is.Empty);
    }

    [Test]
    public void Routes_kept_for_long_are_the_least_preferred_and_marked()
    {
        // RFC 9494 §4.2, §4.3: a longer path that is alive goes before them.
        var rib = new RibHarness();
        rib.Connect(1);
        var knows = rib.Connect(2, keepsLongLived: true);
        var ignorant = rib.Connect(3);
        rib.Rib.AddPeer(RibHarness.Index(4), RibHarness.Config(4, external: false) with { TellsLongLived = true });
        var inside = rib.Up(4);
        rib.Announce(1, Model, "10.1.0.0/16", "10.2.0.0/16");
        rib.Announce(1, Model with { Communities = [WellKnownCommunity.NotLongLived] }, "10.3.0.0/16");
        rib.Announce(3, Model with { AsPath = [64503, 64501, 64501] }, "10.2.0.0/16");
        rib.Down(1, retain: true);
        rib.Rib.Sessions.LongLivedStale(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        rib.Settle();

        Assert.That(knows.Held.Keys.Select(prefix => prefix.ToString()), Is.EquivalentTo(new[] { "10.1.0.0/16", "10.2.0.0/16" }));
        Assert.That(knows.Held[RibHarness.Parse("10.1.0.0/16")].Communities, Is.EqualTo(new[] { WellKnownCommunity.LongLivedStale }));
        Assert.That(knows.Held[RibHarness.Parse("10.2.0.0/16")].AsPath, Has.Length.EqualTo(4), "the one that is alive");
        Assert.That(ignorant.Held, Is.Empty, "§4.4: not to a peer that does not know of them");
        var told = inside.Held[RibHarness.Parse("10.1.0.0/16")];
        Assert.That(told.LocalPref, Is.Zero, "§4.6");
        Assert.That(told.Communities, Is.EqualTo(new[] { WellKnownCommunity.LongLivedStale, WellKnownCommunity.NoExport }));
        var paths = rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
        Assert.That((paths.Stale, paths.LongLived), Is.EqualTo((2, 2)), "§4.2: NO_LLGR asks to be spared");
        Assert.That(PeerStatusReader.ReadFamilies(rib.Tables)[RibHarness.Index(1)][0].LongLivedStale, Is.EqualTo(2));

        rib.Up(1, longLivedPreserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That(knows.Held[RibHarness.Parse("10.1.0.0/16")].Communities, Is.Empty, "alive again");
        Assert.That((paths.Received, paths.Stale, paths.LongLived), Is.EqualTo((1, 0, 0)));
    }

    [Test]
    public void A_peer_back_without_its_long_lived_forwarding_loses_what_was_kept()
    {
        var (rib, _) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Rib.Sessions.LongLivedStale(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        rib.Up(1, preserved: [AfiSafi.IPv4Unicast]);
        Assert.That(rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1)).Received, Is.Zero, "RFC 9494 §4.2");
    }

    [Test]
    public void A_second_restart_before_End_of_RIB_takes_what_was_stale_from_the_first()
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Up(1, preserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Down(1, retain: true);
        rib.Settle();
        Assert.That(receiver.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.1.0.0/16") }));
    }

    [Test]
    public void With_the_N_bit_a_second_restart_leaves_what_was_stale() // RFC 8538 §4.1
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Up(1, preserved: [AfiSafi.IPv4Unicast], notificationRestart: true);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Down(1, retain: true);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(2), "also what the first restart left stale");
        Assert.That(rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1)).Stale, Is.EqualTo(2));

        rib.Up(1, preserved: [AfiSafi.IPv4Unicast], notificationRestart: true);
        rib.Announce(1, Model, "10.2.0.0/16");
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That(receiver.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.2.0.0/16") }));
        rib.Down(1);
        rib.Settle();
        Assert.That(receiver.Held, Is.Empty, "a Hard Reset keeps nothing");
    }

    [Test]
    public void A_second_restart_leaves_what_is_kept_for_long() // RFC 9494 §4.2
    {
        var (rib, receiver) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Rib.Sessions.LongLivedStale(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        rib.Up(1, preserved: [AfiSafi.IPv4Unicast], longLivedPreserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Down(1, retain: true);
        rib.Settle();
        var paths = rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
        Assert.That((paths.Received, paths.Stale, paths.LongLived), Is.EqualTo((2, 2, 1)));
        rib.Rib.Sessions.LongLivedStale(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        Assert.That((paths.Stale, paths.LongLived), Is.EqualTo((2, 2)));

        rib.Up(1, preserved: [AfiSafi.IPv4Unicast], longLivedPreserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.2.0.0/16");
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That((paths.Received, paths.Stale, paths.LongLived), Is.EqualTo((1, 0, 0)));
        Assert.That(receiver.Held.Keys, Is.EqualTo(new[] { RibHarness.Parse("10.2.0.0/16") }));
    }

    [Test]
    public void Forwarding_bits_are_those_of_each_capability() // RFC 9494 §4.2
    {
        var (rib, _) = WithTwoRoutes();
        rib.Down(1, retain: true);
        rib.Rib.Sessions.LongLivedStale(RibHarness.Index(1), [AfiSafi.IPv4Unicast]);
        rib.Up(1, longLivedPreserved: [AfiSafi.IPv4Unicast], preserved: [AfiSafi.IPv4Unicast]);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.Down(1, retain: true);
        rib.Up(1, preserved: [AfiSafi.IPv4Unicast]);
        var paths = rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
        Assert.That((paths.Stale, paths.LongLived), Is.EqualTo((1, 0)), "that of the long-lived one is clear");
    }

    [Test]
    public void After_our_own_restart_nothing_is_told_until_all_peers_have_sent_End_of_RIB()
    {
        var sink = new RecordingSink();
        var rib = new RibHarness(restarting: true, sinks: sink);
        rib.Add(1);
        rib.Add(2);
        rib.Rib.Start();
        rib.Up(1);
        var receiver = rib.Up(2);
        rib.Announce(1, Model, "10.1.0.0/16");
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That((sink.Routes.Count, receiver.Messages), Is.EqualTo((0, 0)));

        rib.EndOfRib(2);
        rib.Settle();
        Assert.That(sink.Converged, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }));
        Assert.That(sink.Routes, Has.Count.EqualTo(1));
        Assert.That((receiver.Held.Count, receiver.EndsOfRib.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void The_wait_ends_with_its_deadline()
    {
        var sink = new RecordingSink();
        var rib = new RibHarness(restarting: true, sinks: sink);
        rib.Add(1);
        rib.Rib.Start();
        rib.Rib.DeferralTimeExpired();
        Assert.That(sink.Converged, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_peer_that_restarts_too_is_told_at_once_but_old_kernel_routes_wait_for_its_own()
    {
        var sink = new RecordingSink();
        var rib = new RibHarness(restarting: true, sinks: sink);
        rib.Add(1);
        rib.Rib.Start();
        var peer = rib.Up(1, restarting: true);
        rib.Settle();
        Assert.That(peer.EndsOfRib, Has.Count.EqualTo(2), "RFC 4724 §4.1: a peer with the Restart State bit is not waited for");
        Assert.That(sink.Converged, Is.Empty, "it has not sent its routes yet");

        rib.Announce(1, Model, "10.1.0.0/16");
        rib.EndOfRib(1);
        rib.Settle();
        Assert.That(sink.Routes, Has.Count.EqualTo(1));
        Assert.That(sink.Converged, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }));
    }

    [Test]
    public void Equal_paths_reach_the_sink_up_to_the_maximum()
    {
        var sink = new RecordingSink();
        var rib = new RibHarness(multipath: new MultipathRules(2), sinks: sink);
        for (var peer = 1; peer <= 3; peer++)
        {
            rib.Connect(peer);
            rib.Announce(peer, new RouteModel { AsPath = [64500], NextHop = RibHarness.NextHopOf(peer) }, "10.1.0.0/16");
        }

        rib.Settle();
        var prefix = RibHarness.Parse("10.1.0.0/16");
        Assert.That(sink.Routes[prefix], Has.Length.EqualTo(2));
        rib.Withdraw(1, "10.1.0.0/16");
        rib.Settle();
        Assert.That(sink.Routes[prefix], Is.EqualTo(new[] { RibHarness.Address(2), RibHarness.Address(3) }));
        rib.Withdraw(2, "10.1.0.0/16");
        rib.Settle();
        Assert.That(sink.Routes[prefix], Is.EqualTo(new[] { RibHarness.Address(3) }));
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
