using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

[TestFixture]
public sealed class EstablishmentTests
{
    [TestCase(65001u, true, TestName = "Any AS but ours: another")]
    [TestCase(65000u, false, TestName = "Any AS but ours: ours")]
    public async Task Any_other_as(uint asn, bool isAccepted)
    {
        await using var bench = new SessionBench(change: settings => settings with { PeerAsn = 0 });
        if (isAccepted)
        {
            await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(asn));
            Assert.That(bench.Session.Status.NegotiatedAsn, Is.EqualTo(asn));
            return;
        }

        await using var refused = await bench.AcceptAsync();
        await refused.SendAsync(ScriptedPeer.Open(asn));
        await refused.ExpectAsync(MessageType.Open);
        await refused.ExpectNotificationAsync(NotificationCode.OpenMessageError, (byte)OpenErrorSubcode.BadPeerAs);
    }

    [Test]
    public async Task An_active_session_connects_and_comes_up()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.AcceptAsync();
        var open = await peer.EstablishAsync();

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
        Assert.Multiple(() =>
        {
            Assert.That(open.MyAsn, Is.EqualTo(65000));
            Assert.That(open.BgpIdentifier, Is.EqualTo(0x0A000001));
            Assert.That(open.HoldTimeSeconds, Is.EqualTo(90));
            Assert.That(bench.Rib.Up!.PeerAsn, Is.EqualTo(65001));
            Assert.That(bench.Rib.Up.FourOctetAsn, Is.True);
            Assert.That(bench.Rib.Up.Families, Is.EqualTo(new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }));
            Assert.That(bench.Rib.Up.SendsEndOfRib, Is.False);
        });
        await bench.StateIsAsync(SessionState.Established);
        Assert.That(bench.Session.Status.PeerIdentifier?.ToString(), Is.EqualTo("10.0.0.2"));
    }

    [Test]
    public async Task A_passive_session_waits_for_the_peer()
    {
        await using var bench = new SessionBench(passive: true);
        await bench.StateIsAsync(SessionState.Active);
        await using var peer = bench.Connect();
        await peer.EstablishAsync();

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
        Assert.That(bench.Transport.Attempts, Is.Zero);
    }

    [Test]
    public async Task A_refused_connection_is_tried_again_with_growing_pauses()
    {
        await using var bench = new SessionBench();
        await using (var first = await bench.AcceptAsync())
        {
            await bench.Port.DisposeAsync();
        }

        for (var attempt = 2; attempt <= 4; attempt++)
        {
            var now = attempt;
            await Until.TrueAsync(
                $"attempt {now}",
                () =>
                {
                    bench.Time.Advance(TimeSpan.FromSeconds(1));
                    return bench.Transport.Attempts >= now;
                });
        }

        Assert.That(bench.Session.Status.LastError, Does.Contain("refused"));
    }

    [Test]
    public async Task Updates_reach_the_rib_in_order_and_end_of_rib_is_seen()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await peer.SendAsync(Messages.Announce("10.1.0.0/16", "10.2.0.0/16"));
        await peer.SendAsync(Messages.Withdraw("10.1.0.0/16"));
        await peer.SendAsync(Messages.EndOfRib(AfiSafi.IPv4Unicast));
        await peer.SendAsync(Messages.EndOfRib(AfiSafi.IPv6Unicast));

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("Announce IPv4Unicast 10.1.0.0/16 10.2.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("Withdraw IPv4Unicast 10.1.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("EndOfRib IPv4Unicast"));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("EndOfRib IPv6Unicast"));
    }

    [Test]
    public async Task A_route_refresh_reaches_the_rib()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await peer.SendAsync((ref Routing.Bgp.Wire.WireWriter writer) =>
            new RouteRefreshMessage(AfiSafi.IPv6Unicast).Encode(ref writer));
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("refresh IPv6Unicast"));
    }

    [Test]
    public async Task A_stop_sends_cease_and_ends_the_loop()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await bench.Session.StopAsync(NotificationMessage.Cease(CeaseSubcode.PeerDeconfigured), CancellationToken.None);
        await peer.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.PeerDeconfigured);

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Idle));
    }

    [Test]
    public async Task A_reset_comes_up_again_at_once()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        await bench.Session.ResetAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeReset), CancellationToken.None);
        await peer.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.AdministrativeReset);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));

        await using var again = await bench.AcceptAsync();
        await again.EstablishAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
    }

    [Test]
    public async Task An_attempt_given_up_while_its_connection_arrives_does_no_harm()
    {
        // The retry timer and the connection meet in the loop in either order; whichever wins, the session comes up.
        await using var bench = new SessionBench();
        for (var i = 0; i < 50; i++)
        {
            await bench.Session.ResetAsync(
                NotificationMessage.Cease(CeaseSubcode.AdministrativeReset), CancellationToken.None);
            bench.Time.Advance(TimeSpan.FromSeconds(5));
        }

        await bench.StateIsAsync(SessionState.OpenSent);
        while (true)
        {
            await using var peer = await bench.AcceptAsync();
            await peer.SendAsync(ScriptedPeer.Open());
            if ((await peer.ReceiveAsync())?.Type == MessageType.Open
                && (await peer.ReceiveAsync())?.Type == MessageType.Keepalive)
            {
                await peer.KeepaliveAsync();
                Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("up"));
                return;
            }
        }
    }
}
