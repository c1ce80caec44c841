using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads who watches the speaker and what it reads of earlier watching: BMP stations, MRT logs and files.</summary>
internal static class MonitoringReader
{
    private const int DefaultPort = 1790;
    private const long Megabyte = 1024 * 1024;

    private static readonly Dictionary<string, BmpViews> Views = new()
    {
        ["adjRibInPrePolicy"] = BmpViews.AdjRibInPrePolicy,
        ["adjRibInPostPolicy"] = BmpViews.AdjRibInPostPolicy,
        ["locRib"] = BmpViews.LocRib,
        ["adjRibOutPrePolicy"] = BmpViews.AdjRibOutPrePolicy,
        ["adjRibOutPostPolicy"] = BmpViews.AdjRibOutPostPolicy,
    };

    /// <summary>Reads <c>bmp: {stations: [{name, address, port, passive, views, statisticsInterval}]}</c>.</summary>
    public static ImmutableArray<BmpStationConfig> ReadStations(FieldReader spec)
    {
        if (spec.Object("bmp") is not { } bmp)
        {
            return [];
        }

        var stations = ImmutableArray.CreateBuilder<BmpStationConfig>();
        foreach (var item in bmp.Objects("stations"))
        {
            stations.Add(ReadStation(item));
            item.End();
        }

        ReportTwice(bmp, "stations", stations.Select(station => station.Name));
        bmp.End();
        return stations.DrainToImmutable();
    }

    /// <summary>Reads <c>mrt: {sources: [{name, file, peerIP}], logs: [{directory, peers, maxFileMegabytes, maxFileAge,
    /// maxFiles}]}</c>.</summary>
    public static (ImmutableArray<MrtSourceConfig> Sources, ImmutableArray<MrtLogConfig> Logs) ReadMrt(FieldReader spec)
    {
        if (spec.Object("mrt") is not { } mrt)
        {
            return ([], []);
        }

        var sources = ImmutableArray.CreateBuilder<MrtSourceConfig>();
        foreach (var item in mrt.Objects("sources"))
        {
            item.Require("name", "the name that the routes have instead of a neighbour's");
            item.Require("file", "the path of an MRT file, gzip or not");
            sources.Add(new MrtSourceConfig
            {
                Name = item.Text("name") ?? "",
                File = item.Text("file") ?? "",
                Peer = item.Address("peerIP"),
            });
            item.End();
        }

        ReportTwice(mrt, "sources", sources.Select(source => source.Name));
        var logs = ImmutableArray.CreateBuilder<MrtLogConfig>();
        foreach (var item in mrt.Objects("logs"))
        {
            logs.Add(ReadLog(item));
            item.End();
        }

        ReportTwice(mrt, "logs", logs.Select(log => log.Directory));
        mrt.End();
        return (sources.DrainToImmutable(), logs.DrainToImmutable());
    }

    private static BmpStationConfig ReadStation(FieldReader item)
    {
        const string Field = "views";
        item.Require("name", "a name that no other station has");
        item.Require("address", "the station's address; with passive: true ours, on which it is waited for");
        var port = (int?)item.Integer("port", 1, ushort.MaxValue) ?? DefaultPort;
        var names = item.List<string>(
            Field, $"one of {string.Join(", ", Views.Keys)}", static text => Views.ContainsKey(text) ? text : null);
        var defaults = new BmpStationConfig
        {
            Name = item.Text("name") ?? "",
            EndPoint = new IPEndPoint(item.Address("address") ?? IPAddress.None, port),
        };
        return defaults with
        {
            Passive = item.Boolean("passive") ?? false,
            Views = names is null
                ? defaults.Views
                : names.Value.Aggregate(BmpViews.None, static (views, name) => views | Views[name]),
            StatisticsInterval = item.Duration(
                "statisticsInterval", TimeSpan.Zero, TimeSpan.FromDays(1), "0s (none) to 24h") ?? defaults.StatisticsInterval,
        };
    }

    private static MrtLogConfig ReadLog(FieldReader item)
    {
        item.Require("directory", "the path of a directory; it is made when it is not there");
        var defaults = new MrtLogConfig { Directory = item.Text("directory") ?? "" };
        return defaults with
        {
            Peers = item.List<string>("peers", "the name of a BGPPeer", static text => text) ?? [],
            MaxFileOctets = item.Integer("maxFileMegabytes", 1, 1024 * 1024) * Megabyte ?? defaults.MaxFileOctets,
            MaxFileAge = item.Duration(
                "maxFileAge", TimeSpan.FromSeconds(1), TimeSpan.FromDays(365), "1s to 8760h") ?? defaults.MaxFileAge,
            MaxFiles = (int?)item.Integer("maxFiles", 0, 1_000_000) ?? defaults.MaxFiles,
        };
    }

    private static void ReportTwice(FieldReader reader, string field, IEnumerable<string> names)
    {
        foreach (var twice in names.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            reader.Report(field, twice.Key, "each only once");
        }
    }
}
