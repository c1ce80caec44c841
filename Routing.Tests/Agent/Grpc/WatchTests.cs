using System.Text.Json;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Speaker;
using Routing.Bgp.Speaker.Watch;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Grpc;

/// <summary>`routing bgp watch`, and what it does when nobody reads.</summary>
[TestFixture]
public sealed class WatchTests
{
    [Test]
    public async Task Shows_sessions_and_routes_as_they_change()
    {
        await using var bench = await CommandBench.StartAsync(CommandBench.Config(0, CommandBench.Peer(1)));
        var neighbor = await AddNeighborAsync(bench);
        var all = bench.RunAsync("watch --count 4 -o json");
        var inside = bench.RunAsync("watch --peer p1 --prefix 10.1.0.0/16 --count 3");
        await Until.TrueAsync("both watch", () => bench.Speaker.Watchers == 2);
        await neighbor.OriginateAsync([RibHarness.Parse("10.9.0.0/24")], [], default);
        await neighbor.OriginateAsync([RibHarness.Parse("10.1.0.0/24")], [], default);
        await neighbor.OriginateAsync([], [RibHarness.Parse("10.1.0.0/24")], default);

        var events = (await all).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(events.Select(each => each.GetProperty("kind").GetString()),
            Is.EqualTo(new[] { "State", "Announce", "Announce", "Withdraw" }));
        Assert.That(events[0].GetProperty("to").GetString(), Is.EqualTo("Established"));
        var path = events[1].GetProperty("path");
        Assert.That((path.GetProperty("prefix").GetString(), path.GetProperty("asPath").GetString(),
            path.GetProperty("nextHop").GetString()), Is.EqualTo(("10.9.0.0/24", "65001", "10.0.0.101")));

        var lines = (await inside).Lines;
        Assert.That(lines[0], Does.Match(@"^\d\d:\d\d:\d\d\.\d{3} p1 is Established$"));
        Assert.That(lines[1], Does.EndWith(" p1 announces 10.1.0.0/24: next hop 10.0.0.101, AS path 65001, IGP"));
        Assert.That(lines[2], Does.EndWith(" p1 withdraws 10.1.0.0/24"));
        await Until.TrueAsync("who has seen enough is gone", () => bench.Speaker.Watchers == 0);
    }

    [Test]
    public async Task Shows_why_a_session_ends()
    {
        await using var bench = await CommandBench.StartAsync(CommandBench.Config(0, CommandBench.Peer(1)));
        var neighbor = await AddNeighborAsync(bench);
        var watch = bench.RunAsync("watch --count 3");
        await Until.TrueAsync("it watches", () => bench.Speaker.Watchers == 1);
        await neighbor.StopAsync(default);
        var lines = (await watch).Lines;
        Assert.That(lines[1], Does.Match(" p1 NOTIFICATION Cease .*AdministrativeShutdown$"));
        Assert.That(lines[2], Does.Match(" p1 Established > Idle: the peer sent NOTIFICATION Cease"));
    }

    [Test]
    public async Task A_slow_watcher_loses_with_a_count_and_the_queue_stays_bounded()
    {
        var watch = new SpeakerWatch(new WatchFilter(), new ManualTime());
        var ends = new SessionEnds("p1", 65001, 65000, CommandBench.Address(1), CommandBench.Address(0));
        for (var i = 0; i < SpeakerWatch.Capacity + 5; i++)
        {
            watch.OnReceived(ends, MessageType.RouteRefresh, [0, 1, 0, 1]);
        }

        var read = watch.ReadAsync(default).GetAsyncEnumerator();
        for (var i = 0; i < SpeakerWatch.Capacity; i++)
        {
            Assert.That(await read.MoveNextAsync(), Is.True);
            Assert.That(read.Current.Kind, Is.EqualTo(SpeakerEventKind.RouteRefresh));
        }

        Assert.That(await read.MoveNextAsync(), Is.True);
        Assert.That((read.Current.Kind, read.Current.Lost), Is.EqualTo((SpeakerEventKind.Lost, 5L)));
        watch.OnState(ends, SessionState.Established, SessionState.Idle);
        Assert.That(await read.MoveNextAsync(), Is.True);
        Assert.That(read.Current.To, Is.EqualTo(SessionState.Idle), "and then it goes on");
    }

    [Test]
    public async Task A_gap_is_told_where_it_is()
    {
        var watch = new SpeakerWatch(new WatchFilter(), new ManualTime());
        var ends = new SessionEnds("p1", 65001, 65000, CommandBench.Address(1), CommandBench.Address(0));
        for (var i = 0; i < SpeakerWatch.Capacity + 2; i++)
        {
            watch.OnReceived(ends, MessageType.RouteRefresh, [0, 1, 0, 1]);
        }

        var read = watch.ReadAsync(default).GetAsyncEnumerator();
        await read.MoveNextAsync(); // one place is free
        watch.OnState(ends, SessionState.Established, SessionState.Idle);
        var kinds = new List<SpeakerEventKind>();
        while (kinds.LastOrDefault() != SpeakerEventKind.State || kinds.Count == 0)
        {
            Assert.That(await read.MoveNextAsync(), Is.True);
            kinds.Add(read.Current.Kind);
        }

        Assert.That(kinds[^2], Is.EqualTo(SpeakerEventKind.Lost));
        Assert.That(kinds[..^2], Is.EqualTo(Enumerable.Repeat(SpeakerEventKind.RouteRefresh, SpeakerWatch.Capacity - 1)));
    }

    [TestCase("watch --count 0", 2, "allowed is a number from 1 on")]
    [TestCase("watch --prefix ten", 2, "'ten' is not a prefix")]
    [TestCase("watch --peer tor", 1, "no peer 'tor': there are p1")]
    public async Task What_cannot_be_watched_is_one_line(string line, int code, string message)
    {
        await using var bench = await CommandBench.StartAsync(CommandBench.Config(0, CommandBench.Peer(1)));
        var result = await bench.RunAsync(line);
        Assert.That((result.Code, result.Output), Is.EqualTo((code, "")));
        Assert.That(result.Error, Does.StartWith("routing: ").And.Contain(message));
    }

    /// <summary>A neighbour that has said all it has to say at first: its End-of-RIB is no event of what is watched.</summary>
    private static async Task<BgpSpeaker> AddNeighborAsync(CommandBench bench)
    {
        var neighbor = await bench.AddNeighborAsync(1);
        await Until.TrueAsync("its End-of-RIB is read", async () =>
            (await bench.Speaker.GetPeersAsync(default)).Single().Messages.Received.Update == 1);
        return neighbor;
    }
}
