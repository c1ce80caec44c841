using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>What the world does to a session.</summary>
[TestFixture]
public sealed class RobustnessTests
{
    [Test]
    public async Task A_reset_in_mid_message_costs_what_was_whole_nothing()
    {
        await using var bench = new SessionBench();
        await using (var peer = await bench.EstablishedAsync())
        {
            var update = Messages.Announce("10.2.0.0/16");
            await peer.SendAsync(Messages.Announce("10.1.0.0/16"));
            await peer.SendAsync(update.AsMemory(0, update.Length - 1));
            Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("Announce IPv4Unicast 10.1.0.0/16"));
            ((MemoryConnection)peer.Connection).Reset();
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"), "and nothing of the message that was cut");
        Assert.That(bench.Session.Status.LastError, Does.Contain("reset"));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(10));
        await using var again = await bench.EstablishedAsync();
        await again.SendAsync(Messages.Announce("10.3.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("Announce IPv4Unicast 10.3.0.0/16"), "the framer begins anew");
    }

    [Test]
    public async Task A_hold_timer_that_expires_in_mid_table_leaves_nothing_behind()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 3));
        await peer.SendAsync(Messages.Announce("10.1.0.0/16"));
        await peer.SendAsync(Messages.Announce("10.2.0.0/16").AsMemory(0, 20));
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("Announce"));
        await Until.TrueAsync("the part is read", () => !((MemoryConnection)peer.Connection).OtherHasUnread);
        await bench.AdvanceAsync(TimeSpan.FromSeconds(3));
        await peer.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
    }

    [Test]
    public async Task A_peer_that_vanished_without_a_word_gets_in_again_when_the_hold_time_has_passed()
    {
        await using var bench = new SessionBench(passive: true);
        await using var vanished = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 9)); // half-open from here on
        await using (var early = bench.Connect())
        {
            await early.SendAsync(ScriptedPeer.Open(holdTime: 9));

            // RFC 4271 §6.8. Our OPEN may stand before it, or be dropped for it.
            var message = await early.ReceiveAsync();
            message = message?.Type == MessageType.Open ? await early.ReceiveAsync() : message;
            var notification = NotificationMessage.Decode(message!.Value.Body);
            Assert.That(notification.Subcode, Is.EqualTo((byte)CeaseSubcode.ConnectionCollisionResolution));
        }

        await bench.AdvanceAsync(TimeSpan.FromSeconds(9));
        await vanished.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.AdvanceAsync(TimeSpan.FromMinutes(3)); // held in Idle for the error
        await bench.StateIsAsync(SessionState.Active);
        await using var again = await bench.EstablishedAsync();
    }

    [TestCase(-86400)]
    [TestCase(86400)]
    public async Task A_jump_of_the_wall_clock_moves_no_timer(int seconds)
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 9));
        bench.Time.WallClockOffset = TimeSpan.FromSeconds(seconds);
        for (var i = 0; i < 3; i++)
        {
            await bench.AdvanceAsync(TimeSpan.FromSeconds(3));
            await peer.ExpectAsync(MessageType.Keepalive);
            var before = bench.Session.Status.Received.Total;
            await peer.KeepaliveAsync();
            await Until.TrueAsync("the KEEPALIVE is read", () => bench.Session.Status.Received.Total > before);
        }

        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(9));
        await peer.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
    }
}
