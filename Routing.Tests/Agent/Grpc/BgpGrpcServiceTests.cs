namespace Routing.Tests.Agent.Grpc;

/// <summary>The BGP service as the command line asks it: over its Unix socket, against a running speaker.</summary>
[TestFixture]
public sealed class BgpGrpcServiceTests
{
    private CommandBench _bench = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _bench = await CommandBench.StartAsync(
            CommandBench.Config(0, CommandBench.Peer(1), CommandBench.Peer(2)) with { Originate = [P("10.9.0.0/24")] });
        await _bench.AddNeighborAsync(1, "10.1.0.0/24", "10.1.1.0/24");
        await _bench.AddNeighborAsync(2, "10.1.0.0/24");
        await Until.TrueAsync("all routes are here", async () =>
            (await _bench.Speaker.GetTablesAsync(default)).Paths == 4);
    }

    [TearDown]
    public ValueTask StopAsync() => _bench.DisposeAsync();

    [Test]
    public async Task Summary_shows_the_speaker_its_tables_and_its_peers()
    {
        var json = await _bench.ReadJsonAsync("summary");
        Assert.That(json.GetProperty("asn").GetUInt32(), Is.EqualTo(65000));
        var ipv4 = json.GetProperty("families")[0];
        Assert.That(ipv4.GetProperty("family").GetString(), Is.EqualTo("ipv4"));
        Assert.That(ipv4.GetProperty("prefixes").GetInt32(), Is.EqualTo(3));
        Assert.That(ipv4.GetProperty("originated").GetInt32(), Is.EqualTo(1));
        Assert.That(ipv4.GetProperty("converged").GetBoolean(), Is.True);
        Assert.That(json.GetProperty("peers").GetArrayLength(), Is.EqualTo(2));

        var text = await _bench.RunAsync("summary");
        Assert.That(text.Output, Does.Contain("AS 65000, router id 10.0.0.100").And.Contain("2, 2 established"));
    }

    [Test]
    public async Task Peers_have_a_line_each_and_one_of_them_all_its_sections()
    {
        var all = await _bench.RunAsync("peers");
        Assert.That(all.Lines, Has.Length.EqualTo(3));
        Assert.That(all.Lines[1], Does.Match(@"^p1 +10\.0\.0\.101 +65001 +Established "));

        var one = await _bench.RunAsync("peers p1");
        Assert.That(one.Lines[0], Is.EqualTo("p1: 10.0.0.101, AS 65001"));
        Assert.That(
            one.Lines.Where(line => line[0] != ' ').Skip(1),
            Is.SupersetOf(new[] { "transport", "relation", "routes", "graceful restart", "messages" }));
        Assert.That(one.Output, Does.Contain("identifier        10.0.0.101").And.Contain("2 received, 2 accepted"));
    }

    [Test]
    public async Task Peer_in_json_counts_messages_by_type()
    {
        var peer = (await _bench.ReadJsonAsync("peers 10.0.0.102")).GetProperty("peers").EnumerateArray().Single();
        Assert.That(peer.GetProperty("name").GetString(), Is.EqualTo("p2"));
        var received = peer.GetProperty("messages").GetProperty("received");
        Assert.That(received.GetProperty("open").GetString(), Is.EqualTo("1"));
        Assert.That(int.Parse(received.GetProperty("update").GetString()!), Is.GreaterThanOrEqualTo(1));
        Assert.That(peer.GetProperty("session").GetProperty("capabilities").EnumerateArray().Select(each => each.GetString()),
            Is.SupersetOf(new[] { "ipv4 unicast", "four-octet AS numbers", "graceful restart" }));
    }

    [Test]
    public async Task An_unknown_peer_is_answered_with_those_there_are()
    {
        var result = await _bench.RunAsync("peers tor");
        Assert.That(result.Code, Is.EqualTo(1));
        Assert.That(result.Error, Does.EndWith("no peer 'tor': there are p1, p2\n"));
    }

    private static Routing.Bgp.Wire.Nlri.Prefix P(string text) => Bgp.Rib.RibHarness.Parse(text);
}
