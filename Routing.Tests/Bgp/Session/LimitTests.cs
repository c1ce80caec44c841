using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>What the session does when the RIB says that a neighbour sends too many prefixes.</summary>
[TestFixture]
public sealed class LimitTests
{
    private static readonly PrefixLimit Limit = new(AfiSafi.IPv6Unicast, 1000);

    [Test]
    public async Task Too_many_prefixes_end_the_session_until_the_restart_time_has_passed()
    {
        await using var bench = new SessionBench(
            change: settings => settings with { LimitRestartTime = TimeSpan.FromMinutes(5) });
        await using (var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 0)))
        {
            bench.Rib.Up!.LimitObserver!.OnPrefixLimit(new PrefixLimitNotice(Limit, 1001));
            var notification = NotificationMessage.Decode(await peer.ExpectAsync(MessageType.Notification));
            Assert.That(
                (notification.Code, notification.Subcode),
                Is.EqualTo((NotificationCode.Cease, (byte)CeaseSubcode.MaximumNumberOfPrefixesReached)));
            Assert.That(Convert.ToHexString(notification.Data.Span), Is.EqualTo("000201000003E8"), "RFC 4486 §4");
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.StateIsAsync(SessionState.Idle);
        Assert.That(bench.Session.Status.LastError, Does.Contain("1001").And.Contain("1000 allowed; down for 00:05:00"));
        await bench.AdvanceAsync(TimeSpan.FromMinutes(4));
        await using (var refused = bench.Connect())
        {
            await refused.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionRejected);
        }

        await bench.AdvanceAsync(TimeSpan.FromMinutes(1));
        await using var again = await bench.EstablishedAsync();
    }

    [Test]
    public async Task Without_a_restart_time_an_operator_has_to_reset_it()
    {
        await using var bench = new SessionBench();
        await using (var peer = await bench.EstablishedAsync())
        {
            bench.Rib.Up!.LimitObserver!.OnPrefixLimit(new PrefixLimitNotice(Limit, 1001));
            bench.Rib.Up.LimitObserver.OnPrefixLimit(new PrefixLimitNotice(Limit, 900)); // no warning hides the end
            await peer.ExpectNotificationAsync(
                NotificationCode.Cease, (byte)CeaseSubcode.MaximumNumberOfPrefixesReached);
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.StateIsAsync(SessionState.Idle);
        bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(bench.Transport.Attempts, Is.EqualTo(1));
        await bench.Session.ResetAsync(NotificationMessage.Cease(CeaseSubcode.AdministrativeReset), default);
        await using var again = await bench.EstablishedAsync();
    }

    [Test]
    public async Task A_warning_costs_nothing()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        bench.Rib.Up!.LimitObserver!.OnPrefixLimit(new PrefixLimitNotice(Limit, 900));
        bench.Rib.Up.LimitObserver.OnPrefixLimit(new PrefixLimitNotice(Limit with { WarningOnly = true }, 2000));
        await peer.SendAsync(Messages.Announce("10.1.0.0/16"));
        Assert.That(await bench.Rib.NextAsync(), Does.StartWith("Announce"));
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
    }
}
