using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>Two connections at once (RFC 4271 §6.8). We are 10.0.0.1.</summary>
[TestFixture]
public sealed class CollisionTests
{
    [TestCase("10.0.0.2", false, TestName = "The peer's identifier is higher: its connection stays")]
    [TestCase("10.0.0.0", true, TestName = "Our identifier is higher: our connection stays")]
    public async Task The_higher_identifier_keeps_its_connection(string peerIdentifier, bool oursStays)
    {
        await using var bench = new SessionBench();
        await using var ours = await bench.AcceptAsync();
        await using var theirs = bench.Connect();
        var open = ScriptedPeer.Open(identifier: peerIdentifier);
        await ours.ExpectAsync(MessageType.Open);
        await theirs.ExpectAsync(MessageType.Open);
        await ours.SendAsync(open);
        await ours.ExpectAsync(MessageType.Keepalive);
        await theirs.SendAsync(open);

        var (winner, loser) = oursStays ? (ours, theirs) : (theirs, ours);
        await loser.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionCollisionResolution);
        if (!oursStays)
        {
            await winner.ExpectAsync(MessageType.Keepalive);
        }

        await winner.KeepaliveAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
        await bench.StateIsAsync(SessionState.Established);
    }

    [Test]
    public async Task Equal_identifiers_between_ases_are_decided_by_the_as_number()
    {
        await using var bench = new SessionBench();
        await using var ours = await bench.AcceptAsync();
        await using var theirs = bench.Connect();
        await ours.ExpectAsync(MessageType.Open);
        await theirs.ExpectAsync(MessageType.Open);
        await theirs.SendAsync(ScriptedPeer.Open(identifier: "10.0.0.1"));
        await theirs.ExpectAsync(MessageType.Keepalive);
        await ours.SendAsync(ScriptedPeer.Open(identifier: "10.0.0.1"));
        await ours.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionCollisionResolution);
    }

    [Test]
    public async Task An_established_session_without_graceful_restart_stays()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await bench.AdvanceAsync(TimeSpan.FromSeconds(10));
        await using var second = bench.Connect();
        await second.ExpectAsync(MessageType.Open);
        await second.SendAsync(ScriptedPeer.Open());
        await second.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionCollisionResolution);
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
    }

    [Test]
    public async Task A_peer_that_begins_anew_before_its_open_replaces_its_own_connection()
    {
        await using var bench = new SessionBench(passive: true);
        await using var first = bench.Connect();
        await first.ExpectAsync(MessageType.Open);
        await using var second = bench.Connect();
        await first.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionCollisionResolution);
        await second.EstablishAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
    }

    [Test]
    public async Task Two_sessions_that_connect_to_each_other_at_once_end_with_one_connection()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var pair = new SessionPair();
            await Until.TrueAsync(
                "both are Established",
                () => pair.Step() && pair.Left.Status.State == SessionState.Established
                    && pair.Right.Status.State == SessionState.Established);
        }
    }
}
