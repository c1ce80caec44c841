using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Speaker;

/// <summary>Two speakers over real sockets on the loopback.</summary>
[TestFixture]
[NonParallelizable]
public sealed class BgpSpeakerTests
{
    private const int Port = 17917;

    private readonly List<BgpSpeaker> _speakers = [];

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var speaker in _speakers)
        {
            await speaker.DisposeAsync();
        }

        _speakers.Clear();
    }

    [Test]
    public async Task Routes_go_both_ways_and_leave_with_their_session()
    {
        var sink = new RecordingSink();
        var a = await StartAsync(Config(1, Peer(2)) with { Originate = [P("10.1.0.0/24"), P("2001:db8:1::/64")] }, sink);
        var b = await StartAsync(Config(2, Peer(1)) with { Originate = [P("10.2.0.0/24")] });

        await Until.TrueAsync("a learns b's route", () => sink.Routes.ContainsKey(P("10.2.0.0/24")));
        Assert.That(sink.Routes[P("10.2.0.0/24")], Is.EqualTo(new[] { Address(2) }));
        await Until.TrueAsync("both families converge", () => sink.Converged.Count == 2);
        await Until.TrueAsync("b learns a's route", async () => await RouteAsync(b, "10.1.0.0/24") is not null);

        var route = (await RouteAsync(b, "10.1.0.0/24"))!.Best!;
        Assert.That(route, Is.EqualTo(new PathStatus
        {
            IsBest = true,
            Reason = DecisionStep.OnlyPath,
            Peer = "p1",
            NextHop = Address(1),
            AsPath = "65001",
            Origin = "IGP",
            Communities = route.Communities,
            ClusterList = route.ClusterList,
        }));
        var peer = (await a.GetPeersAsync(default)).Single();
        Assert.That((peer.State, peer.Name), Is.EqualTo((SessionState.Established, "p2")));
        Assert.That(
            peer.Families.Single(family => family.Family == AfiSafi.IPv4Unicast),
            Is.EqualTo(new PeerFamilyStatus(AfiSafi.IPv4Unicast, 1, 1, 0, 1, ReceivesPaths: false, SendsPaths: false)));

        await b.StopAsync(default);
        await Until.TrueAsync("a forgets b's route", () => sink.Routes.IsEmpty);
        await Until.TrueAsync("a knows why", async () =>
            (await a.GetPeersAsync(default)).Single().LastError?.Contains("AdministrativeShutdown") == true);
    }

    [Test]
    public async Task A_shutdown_lasts_through_a_change_of_configuration_until_enabled()
    {
        var a = await StartAsync(Config(1, Peer(2)));
        var b = await StartAsync(Config(2, Peer(1)));
        await Until.TrueAsync("the session is up", async () => (await PeerAsync(a)).State == SessionState.Established);
        Assert.That(await a.ShutdownAsync("nobody", "?", default), Is.False);
        Assert.That(await a.ShutdownAsync("p2", "rack move", default), Is.True);
        await Until.TrueAsync("b knows why", async () =>
            (await PeerAsync(b)).LastError?.Contains("AdministrativeShutdown (\"rack move\")") == true);
        await Until.TrueAsync("a is idle", async () => (await PeerAsync(a)).State == SessionState.Idle);

        var changed = Peer(2) with { Timers = new TimerOptions { ConnectRetryTime = TimeSpan.FromSeconds(2) } };
        await a.ConfigureAsync(Config(1, changed), default);
        var peer = await PeerAsync(a);
        Assert.That((peer.State, peer.ShutdownReason), Is.EqualTo((SessionState.Idle, "rack move")));
        Assert.That(await a.ResetAsync("p2", null, default), Is.False, "there is nothing to reset");

        Assert.That(await a.EnableAsync("p2", default), Is.True);
        Assert.That(await a.EnableAsync("p2", default), Is.False);
        await Until.TrueAsync("the session is up again", async () =>
            await PeerAsync(a) is { State: SessionState.Established, ShutdownReason: null });

        Assert.That(await a.ResetAsync("p2", "new optics", default), Is.True);
        await Until.TrueAsync("b knows why", async () =>
            (await PeerAsync(b)).LastError?.Contains("AdministrativeReset (\"new optics\")") == true);
        await Until.TrueAsync("it comes back", async () => (await PeerAsync(a)).State == SessionState.Established);
    }

    [Test]
    public async Task A_speaker_that_was_stopped_may_be_disposed()
    {
        var a = await StartAsync(Config(1));
        await a.StopAsync(default);
        await a.DisposeAsync();
    }

    [Test]
    public async Task A_peer_that_sends_a_table_and_disconnects_a_hundred_times_leaks_nothing()
    {
        var sink = new RecordingSink();
        var config = Peer(1) with { Transport = new TransportOptions { Port = Port, Passive = true } };
        var a = await StartAsync(Config(2, config), sink);
        byte[] table = [.. Enumerable.Range(0, 200).SelectMany(number =>
            Session.Messages.Announce($"10.{number}.0.0/24", $"10.{number}.1.0/24"))];
        for (var round = 0; round < 100; round++)
        {
            await SendTableAsync(table);
            if (round == 9)
            {
                GC.Collect();
            }
        }

        var files = CountFiles();
        for (var round = 0; round < 5; round++)
        {
            await SendTableAsync(table);
        }

        var tables = await a.GetTablesAsync(default);
        Assert.That((tables.Paths, tables.AttributeSets), Is.EqualTo((0, 1)), "that of our own routes alone");
        Assert.That(CountFiles(), Is.LessThanOrEqualTo(files + 2), "sockets");
        Assert.That(sink.Routes, Is.Empty);
        Assert.That((await PeerAsync(a)).Session.EstablishedCount, Is.EqualTo(105));

        async Task SendTableAsync(byte[] octets)
        {
            var connection = await new Routing.Bgp.Session.SocketTransport().ConnectAsync(
                new IPEndPoint(Address(2), Port),
                new Routing.Bgp.Session.Tcp.ConnectionOptions { Source = Address(1) },
                default);
            await using (var peer = new Fakes.ScriptedPeer(connection))
            {
                await peer.EstablishAsync(Fakes.ScriptedPeer.Open(65001, "127.0.79.1"));
                await peer.SendAsync(octets);
                await Until.TrueAsync("the table is there", () => sink.Routes.Count == 400);
            }

            await Until.TrueAsync("the table is gone", () => sink.Routes.IsEmpty);
        }

        static int CountFiles() => Directory.GetFiles("/proc/self/fd").Length;
    }

    [Test]
    public async Task Originated_routes_come_and_go()
    {
        var a = await StartAsync(Config(1, Peer(2)));
        var sink = new RecordingSink();
        await StartAsync(Config(2, Peer(1)), sink);
        await a.OriginateAsync([P("10.9.0.0/16")], [], default);
        await Until.TrueAsync("the route is there", () => sink.Routes.ContainsKey(P("10.9.0.0/16")));
        await a.OriginateAsync([], [P("10.9.0.0/16")], default);
        await Until.TrueAsync("the route is gone", () => sink.Routes.IsEmpty);
    }

    [Test]
    public async Task A_changed_filter_acts_without_a_new_session()
    {
        var a = await StartAsync(Config(1, Peer(2)) with { Originate = [P("10.1.0.0/24"), P("10.2.0.0/24")] });
        var sink = new RecordingSink();
        var config = Config(2, Peer(1));
        var b = await StartAsync(config, sink);
        await Until.TrueAsync("both routes", () => sink.Routes.Count == 2);
        var since = (await b.GetPeersAsync(default)).Single().Since;

        var filter = new RouteFilter(
            [new RouteRule { Action = RuleAction.Reject, Match = new RouteMatch { Prefix = PrefixCondition.Exactly(P("10.1.0.0/24")) } }]);
        await b.ConfigureAsync(config with { Peers = [Peer(1) with { Import = filter }] }, default);
        await Until.TrueAsync("one is filtered", () => sink.Routes.Count == 1);
        Assert.That(
            (await RouteAsync(b, "10.1.0.0/24"))!.Paths.Single().Reason, Is.EqualTo(DecisionStep.RejectedByFilter));

        await b.ConfigureAsync(config, default);
        await Until.TrueAsync("it is back", () => sink.Routes.Count == 2);
        Assert.That((await b.GetPeersAsync(default)).Single().Since, Is.EqualTo(since), "the session stood");

        await b.ConfigureAsync(config with { Peers = [] }, default);
        await Until.TrueAsync("routes leave with their peer", () => sink.Routes.IsEmpty);
        Assert.That(await b.GetPeersAsync(default), Is.Empty);
        await Until.TrueAsync("a heard why", async () =>
            (await a.GetPeersAsync(default)).Single().LastError?.Contains("PeerDeconfigured") == true);
    }

    [Test]
    public async Task Neighbours_out_of_a_range_may_connect()
    {
        var range = Peer(2) with { Name = "rack", Address = null, AddressRange = IPNetwork.Parse("127.0.79.0/24") };
        var a = await StartAsync(Config(1, range) with { Originate = [P("10.1.0.0/24")] });
        var sink = new RecordingSink();
        await StartAsync(Config(2, Peer(1)), sink);
        await Until.TrueAsync("the route arrives", () => sink.Routes.Count == 1);
        var peer = (await a.GetPeersAsync(default)).Single();
        Assert.That((peer.Name, peer.IsDynamic), Is.EqualTo(($"rack/{Address(2)}", true)));
    }

    [Test]
    public async Task A_speaker_that_leaves_is_remembered_and_its_successor_taken_back()
    {
        var sink = new RecordingSink();
        await StartAsync(Config(1, Peer(2)), sink);
        var config = Config(2, Peer(1)) with { Originate = [P("10.2.0.0/24"), P("10.3.0.0/24")] };
        var first = await StartAsync(config);
        await Until.TrueAsync("routes", () => sink.Routes.Count == 2);

        await first.LeaveAsync(default);
        Assert.That(sink.Routes, Has.Count.EqualTo(2), "stale routes stay (RFC 4724)");
        var second = await StartAsync(config with { Restarting = true, Originate = [P("10.2.0.0/24")] });
        await Until.TrueAsync("what was not announced again is swept at End-of-RIB", () => sink.Routes.Count == 1);
        await Until.TrueAsync("the session stands", async () =>
            (await second.GetPeersAsync(default)).Single().State == SessionState.Established);
    }

    [Test]
    public async Task A_port_in_use_is_named()
    {
        await StartAsync(Config(1));
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(Config(1)));
        Assert.That(error!.Message, Does.Contain($"127.0.79.1:{Port}").And.Contain("in use"));
    }

    private async Task<BgpSpeaker> StartAsync(SpeakerConfig config, params ImmutableArray<IBestPathSink> sinks)
    {
        var speaker = new BgpSpeaker(config, sinks, TimeProvider.System, NullLoggerFactory.Instance);
        _speakers.Add(speaker);
        await speaker.StartAsync(default);
        return speaker;
    }

    private static SpeakerConfig Config(int number, params ImmutableArray<PeerConfig> peers) => new()
    {
        Asn = 65000u + (uint)number,
        RouterId = Address(number),
        ListenEndpoints = [new IPEndPoint(Address(number), Port)],
        Peers = peers,
    };

    private static PeerConfig Peer(int number) => new()
    {
        Name = $"p{number}",
        Address = Address(number),
        Asn = 65000u + (uint)number,
        Transport = new TransportOptions { Port = Port, SourceAddress = Address(3 - number) },
        Timers = new TimerOptions { ConnectRetryTime = TimeSpan.FromSeconds(1) },
    };

    private static async Task<PeerStatus> PeerAsync(BgpSpeaker speaker) => (await speaker.GetPeersAsync(default)).Single();

    private static IPAddress Address(int number) => IPAddress.Parse($"127.0.79.{number}");

    private static Prefix P(string text) => Rib.RibHarness.Parse(text);

    private static async Task<RouteStatus?> RouteAsync(BgpSpeaker speaker, string prefix) =>
        await speaker.GetRoutesAsync(new RouteQuery { Prefix = P(prefix) }, default).FirstOrDefaultAsync();
}
