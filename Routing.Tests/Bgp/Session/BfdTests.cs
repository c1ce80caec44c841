using System.Net;
using Routing.Bgp.Bfd;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>What BFD does to a BGP session (RFC 5882 §10.2).</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BfdTests
{
    private readonly FakeBfd _service = new();

    [Test]
    public async Task A_path_that_fails_ends_the_session_and_the_routes_go()
    {
        await using var bench = new SessionBench(change: WithRestart, bfd: Bfd(new BfdOptions()));
        var peer = await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        _service.Current!.Fail();

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"), "also with graceful restart: nothing is kept");
        await peer.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.BfdDown); // RFC 9384
        Assert.That(
            bench.Session.Status.LastError, Is.EqualTo("BFD found the path down: ControlDetectionTimeExpired"));
    }

    [Test]
    public async Task The_session_comes_back_without_the_penalty_of_a_protocol_error()
    {
        await using var bench = new SessionBench(bfd: Bfd(new BfdOptions()));
        await bench.EstablishedAsync();
        _service.Current!.Fail();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"));
        await bench.AdvanceAsync(bench.Session.Settings.ConnectRetryTime);
        await bench.EstablishedAsync();
    }

    [TestCase(true, false, "down retain IPv4Unicast IPv6Unicast", TestName = "BFD that ends with its control plane may be a restart")]
    [TestCase(true, true, "down", TestName = "BFD of the forwarding plane (C bit) is no restart")]
    [TestCase(false, false, "down", TestName = "Unless asked, BFD is believed")]
    public async Task Routes_are_kept_only_where_it_may_be_a_restart(bool check, bool isIndependent, string expected)
    {
        var options = new BfdOptions { CheckControlPlaneFailure = check };
        await using var bench = new SessionBench(passive: true, change: WithRestart, bfd: Bfd(options));
        await bench.EstablishedAsync(ScriptedPeer.Open(restartTime: 60));
        _service.Current!.Become(status => status with { RemoteIsControlPlaneIndependent = isIndependent });
        _service.Current!.Fail();
        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo(expected), "RFC 5882 §4.3");
    }

    [Test]
    public async Task What_failed_before_the_session_was_up_is_no_matter()
    {
        await using var bench = new SessionBench(bfd: Bfd(new BfdOptions()));
        _service.Current!.Fail();
        await bench.EstablishedAsync();
        _service.Current!.Become(status => status with { State = BfdState.Up });
        _service.Current!.Become(status => status with { State = BfdState.Down }); // an operator's doing: no failure
        await bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established), "RFC 5882 §3.2");
    }

    [Test]
    public void Other_timers_keep_the_session_and_another_kind_begins_one()
    {
        var bfd = Bfd(new BfdOptions());
        var first = _service.Current!;
        bfd.Configure(new BfdOptions { DetectMultiplier = 5 });
        Assert.That((_service.Opened, first.Options.DetectMultiplier, first.IsDisposed), Is.EqualTo((1, (byte)5, false)));
        bfd.Configure(new BfdOptions { Multihop = true });
        Assert.That((_service.Opened, first.IsDisposed), Is.EqualTo((2, true)));
        bfd.Configure(null);
        Assert.That(_service.Current!.IsDisposed);
        Assert.That(bfd.Status, Is.Null);
    }

    private PeerBfd Bfd(BfdOptions options)
    {
        var bfd = new PeerBfd(_service, new BfdTarget(IPAddress.Parse("10.0.0.2")));
        bfd.Configure(options);
        return bfd;
    }

    private static PeerSessionSettings WithRestart(PeerSessionSettings settings) =>
        settings with { GracefulRestartTime = TimeSpan.FromSeconds(120) };
}
