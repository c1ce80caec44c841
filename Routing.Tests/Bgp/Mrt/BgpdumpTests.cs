using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Fsm;
using Routing.Bgp.Mrt;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>What we write, as RIPE's bgpdump reads it.</summary>
[TestFixture]
[Category("Interop")]
public sealed partial class BgpdumpTests
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"routing-mrt-{Guid.NewGuid():n}");

    [TearDown]
    public void Delete() => File.Delete(_file);

    [Test]
    public async Task Reads_a_table_dump()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Connect(2, external: false);
        var model = new RouteModel
        {
            AsPath = [64501, 4_200_000_001], NextHop = RibHarness.NextHopOf(1), Med = 7, Communities = [0xFDE80064],
        };
        harness.Announce(1, model, "10.1.0.0/16");
        harness.Announce(2, new RouteModel { Origin = 2, NextHop = RibHarness.NextHopOf(2), LocalPref = 200 }, "10.1.0.0/16");
        var nextHop = RibHarness.NextHopOf(1, AfiSafi.IPv6Unicast);
        harness.Announce(1, model with { NextHop = nextHop, Communities = [] }, "2001:db8::/32");
        var walk = new TableDumpWalk(MrtTable.AdjRibIn, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        walk.Begin(
            harness.Tables,
            new(RibHarness.OwnAsn, RibHarness.OwnId, RibHarness.OwnId),
            [new(RibHarness.Index(1), RibHarness.Address(1), 64501), new(RibHarness.Index(2), RibHarness.Address(2), 65000)]);
        await using (var file = File.Create(_file))
        {
            do
            {
                await file.WriteAsync(walk.Slice);
            }
            while (walk.ReadNext(harness.Tables));
        }

        Assert.That(await ReadAsync(), Is.EquivalentTo(new[]
        {
            "TABLE_DUMP2|1700000000|B|10.0.0.1|64501|10.1.0.0/16|64501 4200000001|IGP|10.0.0.1|0|7|65000:100|NAG||",
            "TABLE_DUMP2|1700000000|B|10.0.0.2|65000|10.1.0.0/16||INCOMPLETE|10.0.0.2|200|0||NAG||",
            "TABLE_DUMP2|1700000000|B|10.0.0.1|64501|2001:db8::/32|64501 4200000001|IGP|fd00::1|0|7||NAG||",
        }));
    }

    [Test]
    public async Task Reads_an_update_log()
    {
        var folder = Directory.CreateDirectory(_file + ".d").FullName;
        await using (var log = new MrtLog(new MrtLogConfig { Directory = folder }, TimeProvider.System, NullLogger<MrtLog>.Instance))
        {
            var ends = new SessionEnds("p", 101000, 65000, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
            log.OnState(ends, SessionState.OpenConfirm, SessionState.Established);
            log.OnReceived(
                ends,
                MessageType.Update,
                Hex.Parse("0004 180A0102 0014 40010100 400206020100018A88 400304C0000201 180A0101"));
        }

        File.Move(Directory.GetFiles(folder).Single(), _file);
        Directory.Delete(folder);
        Assert.That((await ReadAsync()).Select(line => Timestamp().Replace(line, "")), Is.EqualTo(new[]
        {
            "BGP4MP_ET|STATE|192.0.2.1|101000|5|6",
            "BGP4MP_ET|W|192.0.2.1|101000|10.1.2.0/24",
            "BGP4MP_ET|A|192.0.2.1|101000|10.1.1.0/24|101000|IGP|192.0.2.1|0|0||NAG||",
        }));
    }

    [GeneratedRegex(@"\|\d+\.\d+(?=\|)")]
    private static partial Regex Timestamp();

    private async Task<string[]> ReadAsync()
    {
        var start = new ProcessStartInfo(Requires.Tool("bgpdump"), ["-q", "-m", _file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
