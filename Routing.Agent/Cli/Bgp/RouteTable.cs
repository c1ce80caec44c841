using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>Paths, a line each.</summary>
internal static class RouteTable
{
    /// <summary>Routes laid out together: columns fit within a page, and a million routes need no memory.</summary>
    private const int PageSize = 1000;

    public static async Task WriteAsync(IAsyncEnumerable<RoutePath> routes, TextWriter output)
    {
        var any = false;
        await foreach (var page in routes.Chunk(PageSize))
        {
            any = true;
            var table = new TextTable("", "PREFIX", "NEXT HOP", "FROM", "LOCPREF", "MED", "AS PATH", "ORIGIN",
                "COMMUNITIES", "REASON");
            foreach (var route in page)
            {
                table.Add(Marks(route), route.Prefix, NextHop(route), From(route),
                    route.HasLocalPref ? Text(route.LocalPref) : "",
                    route.HasMultiExitDisc ? Text(route.MultiExitDisc) : "",
                    route.AsPath, route.Origin, Communities(route), route.Reason);
            }

            table.WriteTo(output);
        }

        if (!any)
        {
            await output.WriteLineAsync("no routes");
        }
    }

    /// <summary>Where a path comes from: its peer, with the path identifier when the peer sends several.</summary>
    public static string From(RoutePath route) =>
        route.Local ? "local" : route.PathId == 0 ? route.Peer : $"{route.Peer}#{Text(route.PathId)}";

    public static string NextHop(RoutePath route) => route.NextHop.Length == 0 ? "-" : route.NextHop;

    /// <summary>Communities of all kinds.</summary>
    public static string Communities(RoutePath route) => string.Join(
        ' ', route.Communities.Concat(route.LargeCommunities).Concat(route.ExtendedCommunities));

    private static string Marks(RoutePath route) =>
        (route.Best ? "*" : route.Multipath ? "=" : "") + (route.Candidate ? "" : "x") + (route.Stale ? "S" : "");

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
