using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>RFC 4724, both roles; after a NOTIFICATION (RFC 8538) and for long (RFC 9494).</summary>
[TestFixture]
internal sealed class GracefulRestartTests
{
    private const string Retained = "down retain IPv4Unicast IPv6Unicast";

    private static PeerSessionSettings WithRestart(PeerSessionSettings settings) =>
        settings with { GracefulRestartTime = TimeSpan.FromSeconds(120) };

    [Test]
    public async Task Routes_are_retained_when_tcp_fails_and_go_when_the_restart_time_has_passed()
    {
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await peer.DisposeAsync();

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        await Until.TrueAsync("status says so", () => bench.Session.Status.RetainsRoutes);
        await bench.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv4Unicast IPv6Unicast"));
    }

    [Test]
    public async Task A_peer_that_is_back_in_time_gets_the_longer_stale_path_time()
    {
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60, holdTime: 0));
        await peer.DisposeAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        await bench.StateIsAsync(SessionState.Active);

        await using var back = bench.Connect();
        await back.EstablishAsync(
            ScriptedPeer.Open(restartTime: 60, holdTime: 0, restarted: true, forwardingPreserved: true));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
        Assert.That(bench.Rib.Up!.Restarting, Is.True);
        Assert.That(bench.Rib.Up.ForwardingPreserved, Is.EqualTo(new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }));

        await bench.StateIsAsync(SessionState.Established);
        await bench.AdvanceAsync(TimeSpan.FromSeconds(61));
        await back.SendAsync(Messages.Announce("10.1.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("Announce"));
        await bench.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv4Unicast IPv6Unicast"));
    }

    [Test]
    public async Task A_peer_that_restarted_unnoticed_replaces_the_established_session()
    {
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        await using var old = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(2));
        await using var back = bench.Connect();
        await back.EstablishAsync(ScriptedPeer.Open(restartTime: 60, restarted: true));

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
        Assert.That(await ReadToEndAsync(old), Does.Not.Contain(MessageType.Notification));
    }

    [Test]
    public async Task Without_our_own_capability_nothing_is_retained()
    {
        await using var bench = new SessionBench(passive: true);
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await peer.DisposeAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
    }

    [Test]
    public async Task A_restarted_speaker_says_so_in_its_first_session_only()
    {
        await using var bench = new SessionBench(
            change: settings => WithRestart(settings) with { Restarting = true });
        await using (var peer = await bench.AcceptAsync())
        {
            var first = await peer.EstablishAsync(ScriptedPeer.Open(restartTime: 60));
            Assert.That(RestartOf(first).RestartState, Is.True);
            Assert.That(RestartOf(first).RestartTimeSeconds, Is.EqualTo(120));
            Assert.That(RestartOf(first).Families, Has.All.Matches<GracefulRestartFamily>(f => f.ForwardingPreserved));
            Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
            await bench.StateIsAsync(SessionState.Established);
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(5));
        await using var again = await bench.AcceptAsync();
        var second = await again.EstablishAsync(ScriptedPeer.Open(restartTime: 60));
        Assert.That(RestartOf(second).RestartState, Is.False);
        Assert.That(RestartOf(second).Families, Has.All.Matches<GracefulRestartFamily>(f => f.ForwardingPreserved));
    }

    [Test]
    public async Task Stopping_without_a_word_lets_the_peer_keep_our_routes()
    {
        await using var bench = new SessionBench(change: WithRestart);
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await bench.Session.StopAsync(null, CancellationToken.None);
        Assert.That(await ReadToEndAsync(peer), Does.Not.Contain(MessageType.Notification));
        await bench.Ended.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [TestCase(CeaseSubcode.OutOfResources, true)]
    [TestCase(CeaseSubcode.AdministrativeShutdown, true, TestName = "Only a Hard Reset says that routes are to go")]
    [TestCase(CeaseSubcode.HardReset, false)]
    public async Task A_notification_retains_routes_unless_it_is_a_hard_reset(CeaseSubcode subcode, bool retains)
    {
        // RFC 8538 §4.
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60, notificationRestart: true));
        await peer.SendAsync(NotificationMessage.Cease(subcode));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(retains ? Retained : "down"));
    }

    [Test]
    public async Task A_notification_to_a_peer_without_the_N_bit_retains_nothing()
    {
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await peer.SendAsync(NotificationMessage.Cease(CeaseSubcode.OutOfResources));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
    }

    [Test]
    public async Task An_expired_hold_timer_retains_routes_with_the_N_bit()
    {
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        await using var peer = await bench.EstablishedAsync(
            ScriptedPeer.Open(restartTime: 60, notificationRestart: true));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(91));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        Assert.That((await LastAsync(peer)).Code, Is.EqualTo(NotificationCode.HoldTimerExpired));
    }

    [TestCase(true)]
    [TestCase(false, TestName = "Without the N bit the reason goes out as it is")]
    public async Task An_operators_shutdown_is_a_hard_reset_with_the_reason_inside(bool notificationRestart)
    {
        // RFC 8538 §3.1, §5.1.
        await using var bench = new SessionBench(passive: true, change: WithRestart);
        await using var peer = await bench.EstablishedAsync(
            ScriptedPeer.Open(restartTime: 60, notificationRestart: notificationRestart));
        await bench.Session.StopAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown), CancellationToken.None);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        var sent = await LastAsync(peer);
        Assert.That(sent.IsHardReset, Is.EqualTo(notificationRestart));
        Assert.That(sent.Cause, Is.EqualTo(NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown)));
    }

    [Test]
    public async Task After_the_restart_time_routes_are_kept_for_long_where_both_sides_said_so()
    {
        // RFC 9494 §4.2: the peer names IPv4 alone, and wants longer than we allow.
        await using var bench = new SessionBench(
            passive: true, change: settings => WithRestart(settings) with { LongLivedStaleTime = TimeSpan.FromHours(1) });
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60, longLivedTime: 7200));
        await peer.DisposeAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(60));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv6Unicast"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("kept for long IPv4Unicast"));
        await Until.TrueAsync("status says so", () => bench.Session.Status.RetainsForLong);
        await bench.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv4Unicast"));
    }

    [Test]
    public async Task A_restart_time_of_zero_begins_the_long_one_at_once()
    {
        await using var bench = new SessionBench(
            passive: true, change: settings => WithRestart(settings) with { LongLivedStaleTime = TimeSpan.FromHours(1) });
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 0, longLivedTime: 7200));
        await peer.DisposeAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(Retained));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv6Unicast"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("kept for long IPv4Unicast"));
    }

    private static GracefulRestartCapability RestartOf(OpenMessage open) =>
        open.Capabilities.OfType<GracefulRestartCapability>().Single();

    private static async Task<NotificationMessage> LastAsync(ScriptedPeer peer)
    {
        NotificationMessage? last = null;
        while (await peer.ReceiveAsync() is { } message)
        {
            last = message.Type == MessageType.Notification ? NotificationMessage.Decode(message.Body) : last;
        }

        return last!;
    }

    private static async Task<List<MessageType>> ReadToEndAsync(ScriptedPeer peer)
    {
        var types = new List<MessageType>();
        while (await peer.ReceiveAsync() is { } message)
        {
            types.Add(message.Type);
        }

        return types;
    }
}
