using System.Net;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>The fields <c>bmp</c> and <c>mrt</c> of a BGPConfiguration.</summary>
[TestFixture]
internal sealed class MonitoringReaderTests
{
    [Test]
    public void Everything_can_be_said()
    {
        var configuration = Read("""
            {
              "bmp": {"stations": [
                {"name": "a", "address": "192.0.2.9"},
                {"name": "b", "address": "fd00::1", "port": 5000, "passive": true, "statisticsInterval": "0s",
                 "views": ["adjRibInPostPolicy", "locRib", "adjRibOutPrePolicy", "adjRibOutPostPolicy"]}]},
              "mrt": {
                "sources": [{"name": "full", "file": "/rib.gz", "peerIP": "192.0.2.1"}],
                "logs": [{"directory": "/d", "peers": ["tor"], "maxFileMegabytes": 2, "maxFileAge": "5m", "maxFiles": 3}]}
            }
            """, out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(configuration!.BmpStations, Is.EqualTo(new BmpStationConfig[]
        {
            new() { Name = "a", EndPoint = IPEndPoint.Parse("192.0.2.9:1790") },
            new()
            {
                Name = "b",
                EndPoint = IPEndPoint.Parse("[fd00::1]:5000"),
                Passive = true,
                StatisticsInterval = TimeSpan.Zero,
                Views = BmpViews.AdjRibInPostPolicy | BmpViews.LocRib | BmpViews.AdjRibOutPrePolicy | BmpViews.AdjRibOutPostPolicy,
            },
        }));
        Assert.That(
            configuration.MrtSources.Single(),
            Is.EqualTo(new MrtSourceConfig { Name = "full", File = "/rib.gz", Peer = IPAddress.Parse("192.0.2.1") }));
        Assert.That(configuration.MrtLogs.Single(), Is.EqualTo(new MrtLogConfig
        {
            Directory = "/d",
            Peers = ["tor"],
            MaxFileOctets = 2 * 1024 * 1024,
            MaxFileAge = TimeSpan.FromMinutes(5),
            MaxFiles = 3,
        }));
    }

    [Test]
    public void Every_mistake_is_named()
    {
        Read("""
            {
              "bmp": {"stations": [{"name": "a", "address": "192.0.2.9", "views": ["all"]}, {"name": "a", "port": 0}]},
              "mrt": {"sources": [{"name": "x"}], "logs": [{"maxFiles": -1}], "dumps": []}
            }
            """, out var problems);
        Assert.That(problems, Is.EquivalentTo(new[]
        {
            "spec.mrt.sources[0].file", "spec.mrt.logs[0].directory", "spec.mrt.logs[0].maxFiles", "spec.mrt.dumps",
            "spec.bmp.stations[0].views[0]", "spec.bmp.stations[1].address", "spec.bmp.stations[1].port", "spec.bmp.stations",
        }));
    }

    private static BgpConfiguration? Read(string spec, out IEnumerable<string> problems)
    {
        var configuration = BgpObjectReader.ReadConfiguration(
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" }, ["spec"] = JsonNode.Parse(spec) },
            out var found);
        problems = found.Select(problem => problem.Field);
        return configuration;
    }
}
