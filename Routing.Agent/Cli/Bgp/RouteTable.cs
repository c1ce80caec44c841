using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>Paths, a line each.</summary>
internal static class RouteTable
{
    /// <summary>Routes laid out together: columns fit within a page, and a million routes need no memory.</summary>
    public const int PageSize = 1000;

    public static async Task WriteAsync(IAsyncEnumerable<RoutePath> routes, TextWriter output)
    {
        var any = false;
        await foreach (var page in routes.Chunk(PageSize))
        {
            any = true;
            var table = new TextTable("", "PREFIX", "NEXT HOP", "FROM", "AGE", "LOCPREF", "MED", "AS PATH", "ORIGIN",
                "COMMUNITIES", "REASON");
            foreach (var route in page)
            {
                table.Add(Marks(route), route.Prefix, RouteText.NextHop(route), RouteText.From(route),
                    Durations.Format(route.AgeSeconds),
                    route.HasLocalPref ? Text(route.LocalPref) : "",
                    route.HasMultiExitDisc ? Text(route.MultiExitDisc) : "",
                    route.AsPath, route.Origin, RouteText.Communities(route), route.Reason);
            }

            table.WriteTo(output);
        }

        if (!any)
        {
            await output.WriteLineAsync("no routes");
        }
    }

    private static string Marks(RoutePath route) =>
        (route.Best ? "*" : route.Multipath ? "=" : "") + (route.Candidate ? "" : "x") + (route.Stale ? "S" : "");

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
