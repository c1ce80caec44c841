using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Lab.Processes;
using Routing.Bgp.Bmp;
using Routing.Bgp.Speaker;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>What a collector that others wrote makes of our messages: pmbmpd of pmacct.</summary>
[TestFixture]
[Category("Interop")]
public sealed class PmbmpdTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"routing-bmp-{Guid.NewGuid():n}");
    private readonly List<BgpSpeaker> _speakers = [];
    private Process? _collector;

    private string Log => Path.Combine(_folder, "log.json");

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var speaker in _speakers)
        {
            await speaker.DisposeAsync();
        }

        if (_collector is not null)
        {
            Signals.Send(_collector.Id, Signals.Kill);
            await _collector.WaitForExitAsync();
            _collector.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_collector_reads_sessions_and_every_table()
    {
        Directory.CreateDirectory(_folder);
        var station = FreePort.NextEndPoint();
        StartCollector(station);
        await Until.TrueAsync("pmbmpd listens", () => IsListening(station));
        var views = BmpViews.AdjRibInPrePolicy | BmpViews.AdjRibInPostPolicy | BmpViews.LocRib
            | BmpViews.AdjRibOutPrePolicy | BmpViews.AdjRibOutPostPolicy;
        var (a, b) = (IPAddress.Parse("127.0.80.1"), IPAddress.Parse("127.0.80.2"));
        await StartAsync(Config(65001, a, b, 65002) with
        {
            Originate = [RibHarness.Parse("10.1.0.0/16")],
            BmpStations =
            [
                new() { Name = "pmacct", EndPoint = station, Views = views, StatisticsInterval = TimeSpan.FromSeconds(1) },
            ],
        });
        var peer = await StartAsync(Config(65002, b, a, 65001) with
        {
            Originate = [RibHarness.Parse("10.2.0.0/16")],
        });

        await UntilLoggedAsync("init", ("bmp_init_info_sysname", Environment.MachineName));
        await UntilLoggedAsync("peer_up", ("peer_ip", "127.0.80.2"), ("peer_asn", "65002"), ("bgp_id", "127.0.80.2"));
        await UntilLoggedAsync("peer_up", ("peer_type", "3"), ("bgp_id", "127.0.80.1"));
        foreach (var table in new[] { ("is_in", "is_post", "0"), ("is_in", "is_post", "1"), ("is_loc", "is_filtered", "0") })
        {
            await UntilLoggedAsync(
                "route_monitor",
                ("ip_prefix", "10.2.0.0/16"),
                ("as_path", "65002"),
                ("bgp_nexthop", "127.0.80.2"),
                (table.Item1, "1"),
                (table.Item2, table.Item3));
        }

        foreach (var isPostPolicy in new[] { "0", "1" })
        {
            await UntilLoggedAsync(
                "route_monitor", ("ip_prefix", "10.1.0.0/16"), ("as_path", "65001"), ("is_out", "1"), ("is_post", isPostPolicy));
        }

        await UntilLoggedAsync("stats", ("peer_ip", "127.0.80.2"), ("counter_type", "7"), ("counter_value", "1"));
        await peer.StopAsync(default);
        await UntilLoggedAsync("peer_down", ("peer_ip", "127.0.80.2"), ("reason_type", "3"));
    }

    [Test]
    public async Task A_collector_tells_the_paths_of_one_neighbour_apart() // RFC 7911 in RFC 7854 §4.2 and §4.6
    {
        Directory.CreateDirectory(_folder);
        var station = FreePort.NextEndPoint();
        StartCollector(station);
        await Until.TrueAsync("pmbmpd listens", () => IsListening(station));
        var (a, b) = (IPAddress.Parse("127.0.80.1"), IPAddress.Parse("127.0.80.2"));
        await StartAsync(Config(65001, a, b, 65002) with
        {
            Peers = [Config(65001, a, b, 65002).Peers[0] with { AddPath = new AddPathOptions { Receive = true } }],
            BmpStations = [new() { Name = "pmacct", EndPoint = station, Views = BmpViews.AdjRibInPrePolicy }],
        });
        IPAddress[] sources = [IPAddress.Parse("127.0.80.3"), IPAddress.Parse("127.0.80.4")];
        var middle = Config(65002, b, a, 65001);
        await StartAsync(middle with
        {
            Peers =
            [
                middle.Peers[0] with { AddPath = new AddPathOptions { Send = AddPathOptions.All } },
                .. sources.Select((source, i) => Config(65002, b, source, 65003u + (uint)i).Peers[0] with { Name = $"source{i}" }),
            ],
        });
        foreach (var (i, source) in sources.Index())
        {
            await StartAsync(Config(65003u + (uint)i, source, b, 65002) with { Originate = [RibHarness.Parse("10.3.0.0/16")] });
        }

        foreach (var path in new[] { "65002 65003", "65002 65004" })
        {
            await UntilLoggedAsync(
                "route_monitor", ("peer_ip", "127.0.80.2"), ("ip_prefix", "10.3.0.0/16"), ("as_path", path), ("is_in", "1"));
        }

        var identifiers = ReadLog().Where(line => line.GetValueOrDefault("ip_prefix") == "10.3.0.0/16")
            .Select(line => line.GetValueOrDefault("as_path_id")).Distinct().ToList();
        Assert.That(identifiers, Has.Count.GreaterThanOrEqualTo(2).And.None.Null, File.ReadAllText(Log));
    }

    private static bool IsListening(IPEndPoint station)
    {
        using var probe = new TcpClient();
        try
        {
            probe.Connect(station);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void StartCollector(IPEndPoint station)
    {
        var config = Path.Combine(_folder, "pmbmpd.conf");
        File.WriteAllText(config, $"""
            bmp_daemon_ip: {station.Address}
            bmp_daemon_port: {station.Port}
            bmp_daemon_msglog_file: {Log}
            bmp_daemon_msglog_output: json

            """);
        var start = new ProcessStartInfo(Requires.Tool("pmbmpd"), ["-f", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _collector = Process.Start(start)!;
        _collector.OutputDataReceived += (_, line) => TestContext.Progress.WriteLine(line.Data);
        _collector.ErrorDataReceived += (_, line) => TestContext.Progress.WriteLine(line.Data);
        _collector.BeginOutputReadLine();
        _collector.BeginErrorReadLine();
    }

    private Task UntilLoggedAsync(string type, params (string Field, string Value)[] fields) => Until.TrueAsync(
        $"{type}: {string.Join(", ", fields)}",
        () => Task.FromResult(ReadLog().Any(line => line.GetValueOrDefault("bmp_msg_type") == type
            && fields.All(field => line.GetValueOrDefault(field.Field) == field.Value))),
        onFailure: () => Task.FromResult(File.Exists(Log) ? File.ReadAllText(Log) : "no log"));

    private List<ImmutableDictionary<string, string>> ReadLog()
    {
        var lines = new List<ImmutableDictionary<string, string>>();
        foreach (var line in File.Exists(Log) ? File.ReadAllLines(Log) : [])
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                lines.Add(json.RootElement.EnumerateObject().DistinctBy(field => field.Name)
                    .ToImmutableDictionary(field => field.Name, field => field.Value.ToString()));
            }
            catch (JsonException)
            {
                // Half written.
            }
        }

        return lines;
    }

    private async Task<BgpSpeaker> StartAsync(SpeakerConfig config)
    {
        var speaker = new BgpSpeaker(config, [], TimeProvider.System, NullLoggerFactory.Instance);
        _speakers.Add(speaker);
        await speaker.StartAsync(default);
        return speaker;
    }

    private static SpeakerConfig Config(uint asn, IPAddress own, IPAddress other, uint otherAsn) => new()
    {
        Asn = asn,
        RouterId = own,
        ListenEndpoints = [new IPEndPoint(own, 17980)],
        Peers =
        [
            new PeerConfig
            {
                Name = "other",
                Address = other,
                Asn = otherAsn,
                Transport = new() { Port = 17980, SourceAddress = own },
            },
        ],
    };
}
