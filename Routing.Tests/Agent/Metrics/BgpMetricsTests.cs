using System.Text.RegularExpressions;
using Routing.Bgp.Speaker;
using Routing.Tests.Agent.Grpc;

namespace Routing.Tests.Agent.Metrics;

/// <summary>The page that Prometheus reads.</summary>
[TestFixture]
[NonParallelizable]
public sealed partial class BgpMetricsTests
{
    [Test]
    public async Task Each_peer_has_its_series_and_a_removed_one_takes_them_along()
    {
        var config = CommandBench.Config(0, CommandBench.Peer(1), CommandBench.Peer(2));
        await using var bench = await CommandBench.StartAsync(config);
        await bench.AddNeighborAsync(1, "10.1.0.0/24", "10.1.1.0/24");
        var neighbor = await bench.AddNeighborAsync(2, "10.2.0.0/24");
        await Until.TrueAsync("all is told", async () => (await bench.ScrapeAsync()).Contains(
            "routing_bgp_prefixes_advertised{family=\"ipv4\",peer=\"p2\"} 2"));

        var lines = await bench.ScrapeAsync();
        Assert.That(lines, Is.SupersetOf(new[]
        {
            "routing_bgp_session_state{peer=\"p1\"} 6",
            "routing_bgp_session_established{peer=\"p1\"} 1",
            "routing_bgp_session_shut_down{peer=\"p1\"} 0",
            "routing_bgp_session_established_count{peer=\"p1\"} 1",
            "routing_bgp_session_flaps{peer=\"p1\"} 0",
            "routing_bgp_session_hold_timer_expiries{peer=\"p1\"} 0",
            "routing_bgp_messages_received{peer=\"p1\",type=\"open\"} 1",
            "routing_bgp_messages_sent{peer=\"p1\",type=\"notification\"} 0",
            "routing_bgp_prefixes_received{family=\"ipv4\",peer=\"p1\"} 2",
            "routing_bgp_prefixes_accepted{family=\"ipv4\",peer=\"p1\"} 2",
            "routing_bgp_prefixes_advertised{family=\"ipv4\",peer=\"p1\"} 1",
            "routing_bgp_table_prefixes{family=\"ipv4\"} 3",
            "routing_bgp_table_paths 3",
            "routing_bgp_rpki_vrps{family=\"ipv4\"} 0",
            "routing_bgp_rpki_caches 0",
        }));
        Assert.That(lines, Has.Some.Match("^routing_bgp_session_uptime_seconds{peer=\"p1\"} [0-9.]+$"));
        Assert.That(lines, Has.Some.Match("^routing_bgp_octets_received{peer=\"p2\"} [1-9][0-9]+$"));
        Assert.That(Series(lines).Distinct(), Has.None.Contains("10."), "no label holds a prefix or an address");

        await neighbor.StopAsync(default);
        await Until.TrueAsync("the NOTIFICATION is counted", async () => (await bench.ScrapeAsync()).Contains(
            "routing_bgp_notifications_received{code=\"Cease\",peer=\"p2\"} 1"));
        Assert.That(await bench.ScrapeAsync(), Does.Contain("routing_bgp_session_flaps{peer=\"p2\"} 1"));

        await bench.Speaker.ConfigureAsync(config with { Peers = [config.Peers[0]] }, default);
        await Until.TrueAsync("its series are gone", async () =>
            !(await bench.ScrapeAsync()).Any(line => line.Contains("\"p2\"", StringComparison.Ordinal)));
        Assert.That(await bench.ScrapeAsync(), Does.Contain("routing_bgp_session_state{peer=\"p1\"} 6"));
    }

    [Test]
    public async Task Peers_of_a_range_are_counted_and_have_no_series()
    {
        var range = CommandBench.Peer(1) with
        {
            Name = "rack",
            Address = null,
            AddressRange = System.Net.IPNetwork.Parse("10.0.0.0/24"),
            Transport = new TransportOptions(),
        };
        await using var bench = await CommandBench.StartAsync(CommandBench.Config(0, range));
        await bench.AddStrangerAsync(1);
        var lines = await bench.ScrapeAsync();
        Assert.That(lines, Is.SupersetOf(new[]
        {
            "routing_bgp_range_peers{range=\"rack\"} 1", "routing_bgp_range_peers_established{range=\"rack\"} 1",
        }));
        Assert.That(lines, Has.None.Contains("peer="));
    }

    private static IEnumerable<string> Series(IEnumerable<string> lines) =>
        lines.Select(line => Value().Replace(line, ""));

    [GeneratedRegex(@" [^ ]+$")]
    private static partial Regex Value();
}
