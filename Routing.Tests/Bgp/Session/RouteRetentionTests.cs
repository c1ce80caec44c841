using System.Collections.Immutable;
using System.Globalization;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>How long what a peer left behind is kept (RFC 4724 §4.2, RFC 9494 §4.2): 60 s, then 600 s.</summary>
[TestFixture]
internal sealed class RouteRetentionTests
{
    private static readonly ImmutableArray<AfiSafi> IPv4 = [AfiSafi.IPv4Unicast];
    private static readonly TimeSpan StalePathTime = TimeSpan.FromSeconds(300);

    private readonly ManualTime _time = new();
    private RouteRetention _retention = null!;

    [SetUp]
    public void LosePeer()
    {
        _retention = new RouteRetention(_time);
        Lose(synchronized: true);
    }

    [Test]
    public void First_the_restart_time_then_the_long_one() => Assert.That(
        Due(60, 600), Is.EqualTo(new[] { "60 long", "660 gone" }));

    [Test]
    public void The_long_time_goes_on_over_a_session_without_End_of_RIB()
    {
        Assert.That(Due(60), Is.EqualTo(new[] { "60 long" }));
        Wait(100);
        _retention.PeerReturned(StalePathTime);
        Wait(10);
        Lose(synchronized: false);
        Assert.That(Due(60, 430), Is.EqualTo(new[] { "60 long", "490 gone" }), "600 s after it began, in all");
    }

    [Test]
    public void After_End_of_RIB_it_begins_anew()
    {
        Due(60);
        _retention.PeerReturned(StalePathTime);
        Wait(10);
        Lose(synchronized: true);
        Assert.That(Due(60, 600), Is.EqualTo(new[] { "60 long", "660 gone" }));
    }

    [Test]
    public void A_time_that_ends_while_the_peer_announces_ends_all_that_is_stale_and_is_not_forgotten()
    {
        Due(60);
        Wait(500);
        _retention.PeerReturned(StalePathTime);
        Assert.That(Due(100), Is.EqualTo(new[] { "100 gone" }), "600 s, and not the stale path time");
        Assert.That(_retention.Earliest, Is.Null);
        Lose(synchronized: false);
        Assert.That(Due(0), Is.EqualTo(new[] { "0 gone" }), "the time is over, so nothing is kept");
    }

    [TestCase(true, "190 gone", TestName = "With the N bit the stale path time goes on over restarts")] // RFC 8538 §4.1
    [TestCase(false, "300 gone", TestName = "Without it a second restart begins it anew")] // RFC 4724 §4.2
    public void A_stale_path_time_over_two_restarts(bool notificationRestart, string expected)
    {
        _retention = new RouteRetention(_time);
        Lose(synchronized: true, notificationRestart, longLived: false);
        Wait(10);
        _retention.PeerReturned(StalePathTime);
        Wait(100);
        Lose(synchronized: false, notificationRestart, longLived: false);
        Wait(10);
        _retention.PeerReturned(StalePathTime);
        Assert.That(Due(int.Parse(expected.Split()[0], CultureInfo.InvariantCulture)), Is.EqualTo(new[] { expected }));
        Assert.That(_retention.Earliest, Is.Null);
    }

    [Test]
    public void A_stale_path_time_ends_while_the_peer_is_away_again() // RFC 8538 §4.1
    {
        _retention = new RouteRetention(_time);
        Lose(synchronized: true, notificationRestart: true, longLived: false);
        _retention.PeerReturned(StalePathTime);
        Wait(270);
        Lose(synchronized: false, notificationRestart: true, longLived: false);
        Assert.That(Due(30), Is.EqualTo(new[] { "30 gone" }), "300 s after it began, before the restart time");
    }

    [Test]
    public void With_the_N_bit_End_of_RIB_begins_the_stale_path_time_anew()
    {
        _retention = new RouteRetention(_time);
        Lose(synchronized: true, notificationRestart: true, longLived: false);
        _retention.PeerReturned(StalePathTime);
        Wait(100);
        Lose(synchronized: true, notificationRestart: true, longLived: false);
        _retention.PeerReturned(StalePathTime);
        Assert.That(Due(300), Is.EqualTo(new[] { "300 gone" }));
    }

    [Test]
    public void A_peer_that_is_not_to_come_back_leaves_nothing()
    {
        Due(60);
        _retention.Forget();
        Assert.That(Due(0), Is.EqualTo(new[] { "0 gone" }));
        Assert.That(_retention.IsPeerAway, Is.False);
    }

    private void Lose(bool synchronized, bool notificationRestart = false, bool longLived = true)
    {
        var ends = new ReceivedEnds();
        if (synchronized)
        {
            ends.Note(AfiSafi.IPv4Unicast);
        }

        var negotiated = Negotiated() with { NotificationRestart = notificationRestart };
        _retention.PeerLeft(
            IPv4, longLived ? negotiated : negotiated with { LongLivedRestart = null }, TimeSpan.FromHours(1), ends);
    }

    private void Wait(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets times pass one after the other.</summary>
    /// <returns>What was due after each, and after how many seconds in all.</returns>
    private List<string> Due(params int[] seconds)
    {
        var (due, passed) = (new List<string>(), 0);
        foreach (var step in seconds)
        {
            if (step > 0)
            {
                Wait(step - 1);
                Assert.That(_retention.TryTakeDue(out _, out _), Is.False, "not a second before");
                Wait(1);
            }

            passed += step;
            Assert.That(_retention.TryTakeDue(out var gone, out var longLived));
            due.AddRange(gone.Select(_ => $"{passed} gone").Concat(longLived.Select(_ => $"{passed} long")));
        }

        return due;
    }

    private static NegotiatedSession Negotiated() => new()
    {
        PeerAsn = 65001,
        PeerIdentifier = 1,
        IsExternal = true,
        HoldTime = TimeSpan.FromSeconds(90),
        Families = IPv4,
        FourOctetAsn = true,
        RouteRefresh = true,
        PeerCapabilities = [],
        GracefulRestart = new GracefulRestartCapability
        {
            RestartTimeSeconds = 60,
            Families = [new GracefulRestartFamily(AfiSafi.IPv4Unicast, true)],
        },
        LongLivedRestart = new LongLivedRestartCapability([new LongLivedFamily(AfiSafi.IPv4Unicast, true, 600)]),
    };
}
