using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Speaker;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.Speaker;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>Files as sources of routes, and dumps of what came of them.</summary>
[TestFixture]
public sealed class MrtSourceTests
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"routing-mrt-{Guid.NewGuid():n}");
    private RecordingSink _sink = new();
    private BgpSpeaker? _speaker;

    [SetUp]
    public void Forget() => _sink = new RecordingSink();

    [TearDown]
    public async Task StopAsync()
    {
        await (_speaker?.DisposeAsync() ?? default);
        File.Delete(_file);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Routes_of_a_dump_are_taken_with_their_attributes(bool compressed)
    {
        WriteFile(compressed, PeerIndex(), Rib4(), Rib6(shortReach: true));
        var speaker = await StartAsync(new MrtSourceConfig { Name = "dump", File = _file });
        await Until.TrueAsync("read", () => speaker.GetMrtSources().Single().IsDone);
        await Until.TrueAsync("both routes", () => _sink.Routes.Count == 2);
        Assert.That(speaker.GetMrtSources().Single(), Is.EqualTo(new MrtSourceStatus("dump", _file, true, 3, 2, 0, null)));

        var path = (await RouteAsync(speaker, "10.1.0.0/16")).Paths.Single();
        Assert.That(
            (path.Peer, path.AsPath, path.LocalPref, path.NextHop!.ToString()),
            Is.EqualTo(("dump", "65001 100000", 250u, "192.0.2.1")));
    }

    [Test]
    public async Task Only_the_wanted_peers_routes_count()
    {
        WriteFile(false, PeerIndex(), Rib4(), Rib6(shortReach: false));
        var speaker = await StartAsync(new MrtSourceConfig { Name = "dump", File = _file, Peer = IPAddress.Parse("192.0.2.2") });
        await Until.TrueAsync("read", () => speaker.GetMrtSources().Single().IsDone);
        Assert.That((await RouteAsync(speaker, "10.1.0.0/16")).Paths.Single().AsPath, Is.EqualTo("65002"));
        Assert.That(speaker.GetMrtSources().Single().Updates, Is.EqualTo(1), "the IPv6 record has no path of that peer");
    }

    [Test]
    public async Task An_update_log_is_replayed_in_order()
    {
        // RFC 6396 §4.4.2, §4.4.3: AS numbers of two octets first, then of four; what the last says of a prefix stands.
        var two = Hex.Message(2, "0000 0012 40010100 4002040201FDE9 400304C0000201 180A0101 180A0102");
        var four = Hex.Message(2, "0004 180A0102 0014 40010100 400206020100018A88 400304C0000202 180A0101");
        WriteFile(
            false,
            Record(16, 1, [.. Hex.Parse("FDE9 FDE8 0000 0001 C0000201 C0000202"), .. two]),
            Record(17, 4, [.. Hex.Parse("00000001 00018A88 0000FDE8 0000 0001 C0000202 C0000203"), .. four]),
            Record(16, 5, Hex.Parse("0000FDE9 0000FDE8 0000 0001 C0000201 C0000202 0006 0001")));
        var speaker = await StartAsync(new MrtSourceConfig { Name = "log", File = _file });
        await Until.TrueAsync("read", () => speaker.GetMrtSources().Single().IsDone);
        await Until.TrueAsync("one route is left", () => _sink.Routes.Count == 1);
        Assert.That((await RouteAsync(speaker, "10.1.1.0/24")).Paths.Single().AsPath, Is.EqualTo("101000"));
    }

    [Test]
    public async Task A_file_that_ends_early_is_told_and_what_was_read_stays()
    {
        WriteFile(false, PeerIndex(), Rib4(), Rib4()[..20]);
        var speaker = await StartAsync(new MrtSourceConfig { Name = "dump", File = _file });
        await Until.TrueAsync("read", () => speaker.GetMrtSources().Single().IsDone);
        Assert.That(speaker.GetMrtSources().Single().Error, Does.Contain("is cut short"));
        Assert.That((await RouteAsync(speaker, "10.1.0.0/16")).Paths, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Routes_leave_with_their_source()
    {
        WriteFile(false, PeerIndex(), Rib4());
        var config = Config(new MrtSourceConfig { Name = "dump", File = _file });
        var speaker = await StartAsync(config);
        await Until.TrueAsync("the route", () => _sink.Routes.Count == 1);
        await speaker.ConfigureAsync(config with { MrtSources = [] }, default);
        await Until.TrueAsync("none", () => _sink.Routes.IsEmpty);
        Assert.That(speaker.GetMrtSources(), Is.Empty);
    }

    [Test]
    public async Task A_dump_of_what_was_read_reads_the_same()
    {
        WriteFile(false, PeerIndex(), Rib4(), Rib6(shortReach: true));
        var speaker = await StartAsync(new MrtSourceConfig { Name = "dump", File = _file });
        await Until.TrueAsync("both routes", () => _sink.Routes.Count == 2);
        var before = (await RouteAsync(speaker, "10.1.0.0/16")).Paths.Single();
        await using (var again = File.Create(_file))
        {
            await speaker.DumpTableAsync(MrtTable.AdjRibIn, again, default);
        }

        await speaker.DisposeAsync();
        speaker = await StartAsync(new MrtSourceConfig { Name = "dump", File = _file });
        await Until.TrueAsync("read", () => speaker.GetMrtSources().Single().IsDone);
        var after = (await RouteAsync(speaker, "10.1.0.0/16")).Paths.Single();
        Assert.That(after, Is.EqualTo(before with { Communities = after.Communities, ClusterList = after.ClusterList }));
        Assert.That((await RouteAsync(speaker, "2001:db8::/32")).Paths.Single().NextHop!.ToString(), Is.EqualTo("fd00::1"));
    }

    private static byte[] PeerIndex() =>
        Record(13, 1, Hex.Parse("0A0000FE 0000 0002 02 0A000001 C0000201 0000FDE9 02 0A000002 C0000202 0000FDEA"));

    private static byte[] Rib4() => Record(13, 2, Hex.Parse("""
        00000000 10 0A01 0002
        0000 65000000 001F 40010100 40020A 02 02 0000FDE9 000186A0 400304C0000201 400504000000FA
        0001 65000000 0014 40010100 400206 02 01 0000FDEA 400304C0000202
        """));

    /// <summary>MP_REACH_NLRI as RFC 6396 §4.3.4 wants it, or whole as some write it.</summary>
    private static byte[] Rib6(bool shortReach) => Record(13, 4, Hex.Parse($"""
        00000001 20 20010DB8 0001
        0000 65000000 {(shortReach ? "0021" : "002A")} 40010100 400206 02 01 0000FDE9
        {(shortReach ? "800E11" : "800E1A 0002 01")} 10 FD000000000000000000000000000001 {(shortReach ? "" : "00 20 20010DB8")}
        """));

    private static byte[] Record(byte type, byte subtype, byte[] body) =>
        [.. Hex.Parse($"65000000 00{type:X2} 00{subtype:X2} {body.Length:X8}"), .. body];

    private void WriteFile(bool compressed, params byte[][] records)
    {
        using Stream file = File.Create(_file);
        using var stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        foreach (var record in records)
        {
            stream.Write(record);
        }
    }

    private static SpeakerConfig Config(MrtSourceConfig source) => new()
    {
        Asn = 65000,
        RouterId = IPAddress.Parse("10.0.0.254"),
        MrtSources = [source],
    };

    private Task<BgpSpeaker> StartAsync(MrtSourceConfig source) => StartAsync(Config(source));

    private async Task<BgpSpeaker> StartAsync(SpeakerConfig config)
    {
        _speaker = new BgpSpeaker(config, [_sink], TimeProvider.System, NullLoggerFactory.Instance);
        await _speaker.StartAsync(default);
        return _speaker;
    }

    private static async Task<RouteStatus> RouteAsync(BgpSpeaker speaker, string prefix) =>
        await speaker.GetRoutesAsync(new RouteQuery { Prefix = RibHarness.Parse(prefix) }, default).FirstAsync();
}
