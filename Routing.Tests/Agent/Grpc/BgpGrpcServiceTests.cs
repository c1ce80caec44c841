using Grpc.Core;
using Routing.Agent.Cli;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Rpki;

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
            CommandBench.Config(0, CommandBench.Peer(1), CommandBench.Peer(2)) with
            {
                Originate = [P("10.9.0.0/24")],
                Rpki = new RpkiOptions { Roas = [new Vrp(P("10.1.0.0/24"), 24, 65001)] },
            });
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
        Assert.That(one.Output, Does.Match("identifier +10.0.0.101").And.Contain("2 received, 2 accepted"));
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
            Is.SupersetOf(new[] { "ipv4 unicast", "four-octet AS numbers" }));
    }

    [Test]
    public async Task Rpki_shows_caches_and_counts_and_routes_their_validity()
    {
        var text = await _bench.RunAsync("rpki");
        Assert.That(text.Lines, Is.EqualTo(new[] { "1 IPv4 and 0 IPv6 ROA payloads, 0 ASPAs" }));
        Assert.That((await _bench.ReadJsonAsync("rpki")).GetProperty("ipv4Vrps").GetInt32(), Is.EqualTo(1));
        var routes = await _bench.ReadJsonAsync("routes", "10.1.0.0/24");
        Assert.That(
            routes.EnumerateArray().Select(route =>
                (route.GetProperty("peer").GetString(), route.GetProperty("originValidation").GetString())),
            Is.EquivalentTo(new[] { ("p1", "Valid"), ("p2", "Invalid") }));
    }

    [Test]
    public async Task An_unknown_peer_is_answered_with_those_there_are()
    {
        var result = await _bench.RunAsync("peers tor");
        Assert.That(result.Code, Is.EqualTo(1));
        Assert.That(result.Error, Does.EndWith("no peer 'tor': there are p1, p2\n"));
    }

    [Test]
    public async Task Routes_show_every_path_with_the_step_that_chose()
    {
        var routes = (await _bench.ReadJsonAsync("routes")).EnumerateArray().ToList();
        Assert.That(routes, Has.Count.EqualTo(4));
        var paths = routes.Where(route => route.GetProperty("prefix").GetString() == "10.1.0.0/24").ToList();
        Assert.That(paths.Select(path => path.GetProperty("peer").GetString()), Is.EqualTo(new[] { "p1", "p2" }));
        Assert.That(paths[0].GetProperty("best").GetBoolean(), Is.True);
        Assert.That(paths[1].GetProperty("reason").GetString(), Is.EqualTo("LowerBgpIdentifier"));
        Assert.That(paths[0].GetProperty("asPath").GetString(), Is.EqualTo("65001"));

        var text = await _bench.RunAsync("routes --best");
        Assert.That(text.Lines, Has.Length.EqualTo(4), "a headline and a line for each prefix");
        Assert.That(text.Output, Does.Match(@"\* +10\.9\.0\.0/24 +- +local "));
    }

    [TestCase("routes 10.1.0.0/24", 2)]
    [TestCase("routes 10.1.0.77", 2, TestName = "An address means the longest prefix that covers it")]
    [TestCase("routes 10.0.0.0/8", 0, TestName = "A prefix means itself")]
    [TestCase("routes 10.0.0.0/8 --longer", 4)]
    [TestCase("routes 10.1.0.0/16 --longer --best", 2)]
    [TestCase("routes --received p1", 2)]
    [TestCase("routes --received 10.0.0.102", 1)]
    [TestCase("routes --rejected", 0)]
    public async Task Routes_can_be_narrowed(string line, int count) =>
        Assert.That((await _bench.ReadJsonAsync(line)).GetArrayLength(), Is.EqualTo(count));

    [Test]
    public async Task Whoever_does_not_read_on_holds_nobody_up()
    {
        const int Count = 20_000; // far more than a flow control window holds
        await _bench.Speaker.OriginateAsync(
            [.. Enumerable.Range(0, Count).Select(i => P($"20.{i >> 8}.{i & 255}.0/24"))], [], default);
        await AgentConnection.AskAsync(_bench.Socket, async invoker =>
        {
            using var call = new BgpApi.BgpApiClient(invoker).ListRoutes(new ListRoutesRequest());
            Assert.That(await call.ResponseStream.MoveNext(default), Is.True);

            // The answer waits for its reader; the speaker goes on with all else.
            await _bench.Speaker.OriginateAsync([P("10.77.0.0/24")], [], default);
            await Until.TrueAsync("a peer is told", async () =>
                (await _bench.ReadJsonAsync("routes 10.77.0.0/24 --advertised p1")).GetArrayLength() == 1);
            return await call.ResponseStream.ReadAllAsync().CountAsync();
        });
        var rest = (await _bench.ReadJsonAsync("routes --longer 20.0.0.0/8")).GetArrayLength();
        Assert.That(rest, Is.EqualTo(Count));
    }

    [Test]
    public async Task The_advertised_view_shows_what_went_over_the_wire()
    {
        await Until.TrueAsync("p2 is told", async () =>
            (await _bench.ReadJsonAsync("routes --advertised p2")).GetArrayLength() == 3);
        var told = (await _bench.ReadJsonAsync("routes 10.1.0.0/24 --advertised p2")).EnumerateArray().Single();
        Assert.That(told.GetProperty("asPath").GetString(), Is.EqualTo("65000 65001"), "our AS is in front");
        Assert.That(told.GetProperty("nextHop").GetString(), Is.EqualTo("10.0.0.100"), "our address");
        Assert.That(
            (await _bench.ReadJsonAsync("routes 10.1.0.0/24 --advertised p1")).GetArrayLength(), Is.Zero,
            "the best path is its own");
    }

    [Test]
    public async Task Explain_says_who_won_what_the_others_lost_against_and_who_was_told()
    {
        await Until.TrueAsync("p2 is told", async () =>
            (await _bench.ReadJsonAsync("routes --advertised p2")).GetArrayLength() == 3);
        var json = await _bench.ReadJsonAsync("explain 10.1.0.5");
        Assert.That(json.GetProperty("prefix").GetString(), Is.EqualTo("10.1.0.0/24"));
        Assert.That(json.GetProperty("decidedBy").GetString(), Is.EqualTo("LowerBgpIdentifier"));
        var loser = json.GetProperty("paths")[1];
        Assert.That(loser.GetProperty("lostTo").GetString(), Is.EqualTo("p1"));
        Assert.That(
            loser.GetProperty("comparison").GetString(), Is.EqualTo("BGP identifier 10.0.0.102 against 10.0.0.101"));
        Assert.That(
            json.GetProperty("advertisements").EnumerateArray()
                .Select(each => $"{each.GetProperty("peer")} {each.GetProperty("reason")}"),
            Is.EqualTo(new[] { "p1 CameFromPeer", "p2 Advertised" }));

        var text = await _bench.RunAsync("explain 10.1.0.0/24");
        Assert.That(text.Output, Does.StartWith("10.1.0.0/24\n").And
            .Contain("p2 via 10.0.0.102: lost to p1 by LowerBgpIdentifier: BGP identifier 10.0.0.102 against 10.0.0.101").And
            .Contain("p1: CameFromPeer").And.Not.Contain("\u001b"));
    }

    [TestCase("explain 192.0.2.1", 1, "no path to 192.0.2.1")]
    [TestCase("routes --received tor", 1, "no peer 'tor': there are p1, p2")]
    [TestCase("routes --longer", 2, "--longer wants a PREFIX")]
    [TestCase("routes --received p1 --advertised p2", 2, "allowed is one of them")]
    [TestCase("explain", 2, "Required argument 'PREFIX' missing")]
    [TestCase("explain 10.0.0.1/8", 2, "'10.0.0.1/8' is not a prefix")]
    public async Task What_cannot_be_answered_is_one_line(string line, int code, string message)
    {
        var result = await _bench.RunAsync(line);
        Assert.That((result.Code, result.Output), Is.EqualTo((code, "")));
        Assert.That(result.Error, Does.StartWith("routing: ").And.Contain(message));
        Assert.That(result.Error.TrimEnd('\n'), Does.Not.Contain("\n"));
    }

    private static Routing.Bgp.Wire.Nlri.Prefix P(string text) => Bgp.Rib.RibHarness.Parse(text);
}
