using Routing.Bgp.Fsm;
using Routing.Bgp.Speaker;

namespace Routing.Tests.Agent.Grpc;

/// <summary>The verbs that change something, and dumps, against a running speaker.</summary>
[TestFixture]
public sealed class SteeringTests
{
    private CommandBench _bench = null!;
    private BgpSpeaker _neighbor = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _bench = await CommandBench.StartAsync(CommandBench.Config(0, CommandBench.Peer(1)));
        _neighbor = await _bench.AddNeighborAsync(1, "10.1.0.0/24");
        await Until.TrueAsync("the route is here", async () => (await _bench.Speaker.GetTablesAsync(default)).Paths == 1);
    }

    [TearDown]
    public ValueTask StopAsync() => _bench.DisposeAsync();

    [Test]
    public async Task Shutdown_tells_the_reason_and_stays_until_enable()
    {
        var result = await _bench.RunAsync("shutdown p1 --reason", "moving to rack 7");
        Assert.That((result.Code, result.Output), Is.EqualTo((0, "p1: shut down\n")));
        await Until.TrueAsync("the neighbour reads why", async () =>
            (await _neighbor.GetPeersAsync(default)).Single().LastError?.Contains("moving to rack 7") == true);
        await Until.TrueAsync("it is down", async () => await StateAsync() == SessionState.Idle);

        var json = (await _bench.ReadJsonAsync("peers p1")).GetProperty("peers")[0].GetProperty("administration");
        Assert.That(json.GetProperty("shutDown").GetBoolean(), Is.True);
        Assert.That((await _bench.RunAsync("peers p1")).Output, Does.Match(@"shut down +moving to rack 7"));
        Assert.That((await _bench.RunAsync("peers")).Output, Does.Contain("shut down: moving to rack 7"));
        Assert.That((await _bench.RunAsync("clear p1")).Error, Does.Contain("p1 is shut down: enable it first"));

        Assert.That((await _bench.ReadJsonAsync("enable p1")).GetProperty("done").GetString(), Is.EqualTo("enabled"));
        await Until.TrueAsync("it is back", async () => await StateAsync() == SessionState.Established);
        result = await _bench.RunAsync("enable p1");
        Assert.That((result.Code, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.EndWith("p1 is not shut down\n"));
    }

    [Test]
    public async Task Clear_ends_the_session_and_begins_anew()
    {
        Assert.That((await _bench.RunAsync("clear 10.0.0.101 --reason", "new cable")).Output, Is.EqualTo("p1: reset\n"));
        await Until.TrueAsync("a second session", async () =>
            (await PeerAsync()) is { State: SessionState.Established, Session.EstablishedCount: 2 });
        var session = (await PeerAsync()).Session;
        Assert.That((session.Flaps, session.HoldTimerExpiries), Is.EqualTo((1L, 0L)));
        var told = (await _neighbor.GetPeersAsync(default)).Single().Messages.NotificationsReceived;
        Assert.That(told.Select(each => (each.Code, each.Count)), Is.EqualTo(new[] { ("Cease", 1L) }));
    }

    [Test]
    public async Task Soft_clears_exchange_routes_again_and_leave_the_session_alone()
    {
        var before = (await PeerAsync()).Messages.Received.Update;
        Assert.That((await _bench.RunAsync("clear p1 --soft in")).Output, Is.EqualTo("p1: asked for its routes again\n"));
        await Until.TrueAsync("the routes come again", async () =>
            (await PeerAsync()).Messages is { Sent.RouteRefresh: 1 } messages && messages.Received.Update > before);

        await _neighbor.OriginateAsync([], [], default);
        Assert.That((await _bench.RunAsync("clear p1 --soft out")).Output, Is.EqualTo("p1: is sent its routes again\n"));
        Assert.That((await PeerAsync()).Session.Flaps, Is.Zero);
    }

    [Test]
    public async Task Soft_clear_of_a_session_that_is_down_is_refused_with_the_reason()
    {
        await _neighbor.StopAsync(default);
        await Until.TrueAsync("it is down", async () => await StateAsync() != SessionState.Established);
        foreach (var how in new[] { "in", "out" })
        {
            var result = await _bench.RunAsync($"clear p1 --soft {how}");
            Assert.That(result.Code, Is.EqualTo(1));
            Assert.That(result.Error, Does.EndWith("p1 is not Established: its next session begins with all routes\n"));
        }
    }

    [Test]
    public async Task Dump_writes_an_MRT_file_that_reads_back()
    {
        var file = Path.Combine(Path.GetTempPath(), $"routing-dump-{Guid.NewGuid():n}.mrt");
        try
        {
            var result = await _bench.ReadJsonAsync("dump mrt --file", file);
            Assert.That(result.GetProperty("octets").GetInt64(), Is.EqualTo(new FileInfo(file).Length));
            Assert.That(File.Exists(file + ".part"), Is.False);
            using var stream = File.OpenRead(file);
            Assert.That(stream.Length, Is.GreaterThan(2 * MrtHeaderOctets), "peers, and the one prefix");
        }
        finally
        {
            File.Delete(file);
        }

        var error = await _bench.RunAsync("dump mrt --file /no/such/folder/t.mrt");
        Assert.That(error.Code, Is.EqualTo(1));
        Assert.That(error.Error, Does.StartWith("routing: cannot write /no/such/folder/t.mrt: "));
    }

    [TestCase("shutdown tor", 1, "no peer 'tor': there are p1")]
    [TestCase("clear p1 --soft both", 2, "'both'")]
    [TestCase("shutdown", 2, "'NAME' missing")]
    [TestCase("dump mrt", 2, "Option '--file' is required")]
    public async Task What_cannot_be_done_is_one_line(string line, int code, string message)
    {
        var result = await _bench.RunAsync(line);
        Assert.That((result.Code, result.Output), Is.EqualTo((code, "")));
        Assert.That(result.Error, Does.StartWith("routing: ").And.Contain(message));
        Assert.That(result.Error.TrimEnd('\n'), Does.Not.Contain("\n"));
    }

    [Test]
    public async Task A_reason_that_no_notification_has_room_for_is_wrong_usage()
    {
        var result = await _bench.RunAsync("shutdown p1 --reason", new string('ä', 128));
        Assert.That(result.Code, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("--reason has 256 octets; allowed are 255"));
    }

    private const int MrtHeaderOctets = 12;

    private async Task<PeerStatus> PeerAsync() => (await _bench.Speaker.GetPeersAsync(default)).Single();

    private async Task<SessionState> StateAsync() => (await PeerAsync()).State;
}
