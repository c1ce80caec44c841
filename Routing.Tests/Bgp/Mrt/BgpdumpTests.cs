using System.Diagnostics;
using Routing.Bgp.Mrt;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>What we write, as RIPE's bgpdump reads it.</summary>
[TestFixture]
[Category("Interop")]
public sealed class BgpdumpTests
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
            harness.Rib,
            new(RibHarness.OwnAsn, RibHarness.OwnId, RibHarness.OwnId),
            [new(RibHarness.Index(1), RibHarness.Address(1), 64501), new(RibHarness.Index(2), RibHarness.Address(2), 65000)]);
        await using (var file = File.Create(_file))
        {
            do
            {
                await file.WriteAsync(walk.Slice);
            }
            while (walk.ReadNext(harness.Rib));
        }

        Assert.That(await ReadAsync(), Is.EquivalentTo(new[]
        {
            "TABLE_DUMP2|1700000000|B|10.0.0.1|64501|10.1.0.0/16|64501 4200000001|IGP|10.0.0.1|0|7|65000:100|NAG||",
            "TABLE_DUMP2|1700000000|B|10.0.0.2|65000|10.1.0.0/16||INCOMPLETE|10.0.0.2|200|0||NAG||",
            "TABLE_DUMP2|1700000000|B|10.0.0.1|64501|2001:db8::/32|64501 4200000001|IGP|fd00::1|0|7||NAG||",
        }));
    }

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
