using Routing.Bgp.Fsm;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>Every NOTIFICATION that RFC 4271 §6 asks for, seen from the peer's end.</summary>
[TestFixture]
public sealed class SessionErrorTests
{
    private const string Header = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    [TestCase("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 001304", 1, 1, TestName = "Marker")]
    [TestCase(Header + "001204", 1, 2, TestName = "Length below a header's")]
    [TestCase(Header + "100102", 1, 2, TestName = "Length over 4096")]
    [TestCase(Header + "001404", 1, 2, TestName = "KEEPALIVE of 20 octets")]
    [TestCase(Header + "001309", 1, 3, TestName = "Unknown type")]
    [TestCase(Header + "001302", 1, 2, TestName = "UPDATE without its lengths")]
    [TestCase(Header + "001702 0005 0000", 3, 1, TestName = "Withdrawn past the UPDATE")]
    [TestCase(Header + "001902 0000 0000 2101", 3, 10, TestName = "IPv4 prefix of 33 bits")]
    [TestCase(Header + "001A02 0000 0003 406300", 3, 2, TestName = "Unknown well-known")]
    [TestCase(Header + "001D01 04 FDE9 005A 0A000002 00", 5, 3, TestName = "OPEN again")]
    public async Task An_error_in_Established_resets_the_session(string hex, int code, int subcode)
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await peer.SendAsync(Convert.FromHexString(hex.Replace(" ", "")));
        await peer.ExpectNotificationAsync((NotificationCode)code, (byte)subcode);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await Until.TrueAsync("the error is noted", () => bench.Session.Status.LastError is not null);
    }

    [TestCase("001D01 03 FDE9 005A 0A000002 00", 1, TestName = "Version 3")]
    [TestCase("001D01 04 FDEA 005A 0A000002 00", 2, TestName = "Another AS")]
    [TestCase("001D01 04 FDE9 005A 00000000 00", 3, TestName = "Identifier zero")]
    [TestCase("002101 04 FDE9 005A 0A000002 04 01020000", 4, TestName = "Optional parameter 1")]
    [TestCase("001D01 04 FDE9 0001 0A000002 00", 6, TestName = "Hold time of 1 s")]
    [TestCase("002501 04 FDE9 005A 0A000002 08 0206 0104 00190041", 7, TestName = "No family in common")]
    [TestCase("001E01 04 FDE9 005A 0A000002 00 00", 0, TestName = "Octets after the parameters")]
    public async Task A_bad_open_is_refused(string hex, int subcode)
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.AcceptAsync();
        await peer.ExpectAsync(MessageType.Open);
        await peer.SendAsync(Convert.FromHexString(Header + hex.Replace(" ", "")));
        await peer.ExpectNotificationAsync(NotificationCode.OpenMessageError, (byte)subcode);
    }

    [Test]
    public async Task An_update_before_Established_is_an_fsm_error()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.AcceptAsync();
        await peer.ExpectAsync(MessageType.Open);
        await peer.SendAsync(Messages.Announce("10.0.0.0/8"));
        await peer.ExpectNotificationAsync(
            NotificationCode.FiniteStateMachineError, (byte)FsmErrorSubcode.UnexpectedMessageInOpenSent);
    }

    [Test]
    public async Task A_notification_ends_the_session_without_an_answer()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        await peer.SendAsync(NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown));

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"), "RFC 4724 §4.2: nothing is retained");
        Assert.That(await peer.ReceiveAsync(), Is.Null);
        Assert.That(bench.Session.Status.LastError, Does.Contain("AdministrativeShutdown"));
    }

    [Test]
    public async Task Silence_ends_the_session_when_the_hold_time_has_passed()
    {
        await using var bench = new SessionBench(
            change: settings => settings with { GracefulRestartTime = TimeSpan.FromSeconds(60) });
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 9, restartTime: 60));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(9));
        await peer.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
    }

    [Test]
    public async Task Keepalives_go_out_every_third_of_the_hold_time_and_theirs_keep_the_session()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 9));
        for (var i = 0; i < 9; i++)
        {
            await bench.AdvanceAsync(TimeSpan.FromSeconds(3));
            await peer.ExpectAsync(MessageType.Keepalive);
            var before = bench.Session.Status.Received.Total;
            await peer.KeepaliveAsync();
            await Until.TrueAsync("the KEEPALIVE is read", () => bench.Session.Status.Received.Total > before);
        }

        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
    }

    [Test]
    public async Task A_hold_time_of_zero_sends_no_keepalives_and_never_expires()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 0));
        bench.Time.Advance(TimeSpan.FromDays(1));
        await peer.SendAsync(Messages.Announce("10.0.0.0/8"));
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("Announce"));
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
    }

    [Test]
    public async Task A_peer_that_never_answers_the_open_is_given_up_after_four_minutes()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.AcceptAsync();
        await peer.ExpectAsync(MessageType.Open);
        await bench.StateIsAsync(SessionState.OpenSent);
        await bench.AdvanceAsync(TimeSpan.FromMinutes(4));
        await peer.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
    }

    [Test]
    public async Task A_malformed_attribute_costs_the_routes_and_not_the_session()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        var update = Messages.Announce("10.1.0.0/16");
        update[MessageHeader.Length + 4 + 3] = 9; // ORIGIN 9
        await peer.SendAsync(update);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("Withdraw IPv4Unicast 10.1.0.0/16"));
        Assert.That(bench.Session.Status.TreatedAsWithdraw, Is.EqualTo(1));
    }

    [Test]
    public async Task After_an_error_the_peer_is_held_off_for_a_while()
    {
        await using var bench = new SessionBench(passive: true);
        await using (var peer = await bench.EstablishedAsync())
        {
            await peer.SendAsync(Convert.FromHexString(Header + "001309"));
            await peer.ExpectNotificationAsync(NotificationCode.MessageHeaderError, 3);
        }

        await bench.StateIsAsync(SessionState.Idle);
        await using (var early = bench.Connect())
        {
            await early.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionRejected);
        }

        await bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        await bench.StateIsAsync(SessionState.Active);
        await using var again = bench.Connect();
        await again.EstablishAsync();
    }
}
