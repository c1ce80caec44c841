using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>What operators do: shut down with a reason (RFC 9003), enable, reset.</summary>
[TestFixture]
public sealed class ShutdownTests
{
    [Test]
    public async Task A_shutdown_tells_the_peer_why_and_lasts_until_enabled([Values] bool passive)
    {
        await using var bench = new SessionBench(passive);
        await using var peer = await bench.EstablishedAsync();
        await bench.Session.ShutdownAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown, "rack move"), default);
        var body = await peer.ExpectAsync(MessageType.Notification);
        var notification = NotificationMessage.Decode(body);
        Assert.That(notification.Subcode, Is.EqualTo((byte)CeaseSubcode.AdministrativeShutdown), "RFC 4486 §4");
        Assert.That(notification.ShutdownCommunication, Is.EqualTo("rack move"), "RFC 9003 §2");
        await peer.DisposeAsync();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.StateIsAsync(SessionState.Idle);

        bench.Time.Advance(TimeSpan.FromHours(1));
        await using (var refused = bench.Connect())
        {
            await refused.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionRejected);
        }

        Assert.That(bench.Transport.Attempts, Is.EqualTo(passive ? 0 : 1), "nobody connects while it is down");
        await bench.Session.EnableAsync(default);
        await bench.StateIsAsync(passive ? SessionState.Active : SessionState.OpenSent);
        await using var again = await bench.EstablishedAsync();
    }

    [Test]
    public async Task A_session_made_while_shut_down_waits_in_Idle()
    {
        await using var bench = new SessionBench(change: settings => settings with { IsShutDown = true });
        await bench.StateIsAsync(SessionState.Idle);
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(bench.Transport.Attempts, Is.Zero);
        await bench.Session.EnableAsync(default);
        await using var peer = await bench.EstablishedAsync();
    }

    [Test]
    public async Task A_shutdown_drops_what_is_kept_for_a_peer_that_restarts()
    {
        await using var bench = new SessionBench(
            change: settings => settings with { GracefulRestartTime = TimeSpan.FromSeconds(60) });
        await using (var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60)))
        {
            await peer.DisposeAsync();
        }

        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("down"));
        await Until.TrueAsync("its routes are kept", () => bench.Session.Status.RetainsRoutes);
        await bench.Session.ShutdownAsync(NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown), default);
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("restart time expired IPv4Unicast IPv6Unicast"));
    }
}
