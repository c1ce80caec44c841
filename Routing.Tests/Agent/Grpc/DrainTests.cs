using System.Text.Json;
using Routing.Bgp.Fsm;
using Routing.Bgp.Speaker;
using Routing.Bgp.Speaker.Drain;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Agent.Grpc;

/// <summary>Taking a session out of service (RFC 8326): three speakers, each of which has two ways.</summary>
[TestFixture]
public sealed class DrainTests
{
    private CommandBench _bench = null!;
    private BgpSpeaker _drained = null!;

    /// <summary><code>
    ///    us ──── p1      us and p2 have 10.9.0.0/24, p1 and p2 have 10.1.0.0/24: p1 and we prefer each other's, by the
    ///     └─ p2 ──┘      lower identifier, and have p2's beside it
    /// </code></summary>
    [SetUp]
    public async Task StartAsync()
    {
        _bench = await CommandBench.StartAsync(
            CommandBench.Config(0, CommandBench.Peer(1), CommandBench.Peer(2)) with { Originate = [P("10.9.0.0/24")] });
        _drained = await _bench.AddAsync(
            CommandBench.Config(1, CommandBench.Peer(0, 1), CommandBench.Peer(2, 1)) with
            {
                Originate = [P("10.1.0.0/24")],
            });
        await _bench.AddAsync(CommandBench.Config(2, CommandBench.Peer(0, 2), CommandBench.Peer(1, 2)) with
        {
            Originate = [P("10.1.0.0/24"), P("10.9.0.0/24")],
        });
        await Until.TrueAsync("p1 prefers our path and has another", async () =>
            await _drained.ExplainAsync(P("10.9.0.0/24"), false, default) is { Paths: [{ Path.Peer: "p0" }, _] });
        await Until.TrueAsync("we prefer p1's path and have another", async () =>
            await _bench.Speaker.ExplainAsync(P("10.1.0.0/24"), false, default) is { Paths: [{ Path.Peer: "p1" }, _, ..] });
    }

    [TearDown]
    public ValueTask StopAsync() => _bench.DisposeAsync();

    [Test]
    public async Task Both_sides_move_before_the_session_goes()
    {
        var result = await _bench.RunAsync("drain p1 -o json --reason", "new line card");
        Assert.That((result.Code, result.Error), Is.EqualTo((0, "")));
        var looks = result.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var moved = looks[^2];
        Assert.That(moved.GetProperty("stage").GetString(), Is.EqualTo("Moved"));
        var peer = moved.GetProperty("peers").EnumerateArray().Single();
        Assert.That((peer.GetProperty("told").GetBoolean(), peer.GetProperty("inUse").GetInt32()), Is.EqualTo((true, 0)));
        Assert.That(peer.GetProperty("movedAway").GetInt32(), Is.EqualTo(peer.GetProperty("advertised").GetInt32()));
        Assert.That(looks[^1].GetProperty("shutDown").GetBoolean(), Is.True);

        var status = await StatusAsync();
        Assert.That((status.ShutdownReason, status.Relation.IsDraining), Is.EqualTo(("new line card", false)));
        await Until.TrueAsync("p1 reads why", async () => (await _drained.GetPeersAsync(default))
            .Single(each => each.Name == "p0").LastError?.Contains("new line card") == true);
        Assert.That((await _bench.RunAsync("enable p1")).Code, Is.Zero);
        await Until.TrueAsync("it is back", async () => (await StatusAsync()).State == SessionState.Established);
    }

    [Test]
    public async Task Kept_up_the_peer_holds_our_paths_with_the_community_until_enable()
    {
        var result = await _bench.RunAsync("drain p1 --keep-up");
        Assert.That(result.Code, Is.Zero);
        Assert.That(result.Lines[^1], Does.Match(@"s Moved +p1: 2 of 2 prefixes moved away, 0 in use here"));
        Assert.That((await StatusAsync()).Relation.IsDraining, Is.True);
        var explanation = await _drained.ExplainAsync(P("10.9.0.0/24"), false, default);
        Assert.That(explanation!.Paths.Single(each => each.Path.Peer == "p0").Path.Communities,
            Is.EqualTo(new[] { "graceful-shutdown" }));

        Assert.That((await _bench.RunAsync("enable p1")).Output, Is.EqualTo("p1: enabled\n"));
        await Until.TrueAsync("p1 prefers our path again", async () =>
            await _drained.ExplainAsync(P("10.9.0.0/24"), false, default) is { Paths: [{ Path.Peer: "p0" }, _] });
        Assert.That((await StatusAsync()).Session.Flaps, Is.Zero);
    }

    [Test]
    public async Task Whoever_stops_listening_takes_the_drain_back()
    {
        await foreach (var look in _bench.Speaker.DrainAsync(
            new DrainOptions { Peers = ["p1"], SettleTime = TimeSpan.FromMinutes(1) }, default))
        {
            Assert.That((await StatusAsync()).Relation.IsDraining, Is.True);
            Assert.That(look.HasShutDown, Is.False);
            break;
        }

        Assert.That((await StatusAsync()).Relation.IsDraining, Is.False);
        Assert.That((await StatusAsync()).State, Is.EqualTo(SessionState.Established));
    }

    private static readonly PeerDrainStatus Told = new("p", IsTold: true, Advertised: 3, MovedAway: 1, InUse: 0);

    [Test]
    public void The_wait_ends_when_all_has_moved_when_nothing_moves_any_more_or_when_the_time_is_over()
    {
        var judge = new DrainJudge(new DrainOptions
        {
            SettleTime = TimeSpan.FromSeconds(10),
            Timeout = TimeSpan.FromSeconds(60),
        });
        Assert.That(Judge(0, Told with { IsTold = false }), Is.EqualTo(DrainStage.Telling));
        Assert.That(Judge(20, Told with { IsTold = false }), Is.EqualTo(DrainStage.Telling), "telling takes its time");
        Assert.That(Judge(21, Told), Is.EqualTo(DrainStage.Waiting));
        Assert.That(Judge(25, Told with { MovedAway = 2 }), Is.EqualTo(DrainStage.Waiting));
        Assert.That(Judge(34, Told with { MovedAway = 2 }), Is.EqualTo(DrainStage.Waiting));
        Assert.That(Judge(35, Told with { MovedAway = 2 }), Is.EqualTo(DrainStage.Settled));
        Assert.That(Judge(36, Told with { MovedAway = 3 }), Is.EqualTo(DrainStage.Moved));
        Assert.That(Judge(37, Told with { MovedAway = 3, InUse = 1 }), Is.EqualTo(DrainStage.Waiting));
        Assert.That(Judge(60, Told with { IsTold = false }), Is.EqualTo(DrainStage.TimedOut));

        DrainStage Judge(double seconds, PeerDrainStatus peer) => judge.Judge(TimeSpan.FromSeconds(seconds), [peer]);
    }

    [TestCase("drain tor", 1, "no peer 'tor': there are p1, p2")]
    [TestCase("drain --timeout soon", 2, "--timeout 'soon': allowed are seconds")]
    public async Task What_cannot_be_drained_is_one_line(string line, int code, string message)
    {
        var result = await _bench.RunAsync(line);
        Assert.That((result.Code, result.Output), Is.EqualTo((code, "")));
        Assert.That(result.Error, Does.StartWith("routing: ").And.Contain(message));
    }

    private static Routing.Bgp.Wire.Nlri.Prefix P(string text) => RibHarness.Parse(text);

    private async Task<PeerStatus> StatusAsync() =>
        (await _bench.Speaker.GetPeersAsync(default)).Single(peer => peer.Name == "p1");
}
