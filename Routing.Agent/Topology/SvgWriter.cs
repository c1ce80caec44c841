using System.Globalization;
using System.Xml.Linq;

namespace Routing.Agent.Topology;

/// <summary>The graph as a picture: routers in a row above, nodes in rows below, a line for each session.</summary>
internal static class SvgWriter
{
    private const int ColumnWidth = 190;
    private const int RowHeight = 130;
    private const int BoxWidth = 150;
    private const int BoxHeight = 46;
    private const int Columns = 8;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Write(TopologyGraph graph)
    {
        var rows = graph.Sites.Where(site => site.IsRouter).Chunk(Columns)
            .Concat(graph.Sites.Where(site => !site.IsRouter).Chunk(Columns)).ToList();
        var width = ColumnWidth * Math.Max(1, rows.Select(row => row.Length).DefaultIfEmpty().Max());
        var centers = new Dictionary<string, (int X, int Y)>(StringComparer.Ordinal);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
            {
                centers[rows[row][column].Name] =
                    (((2 * column) + 1) * width / (2 * rows[row].Length), (RowHeight * row) + (RowHeight / 2));
            }
        }

        var picture = new XElement(Svg + "svg",
            new XAttribute("width", width), new XAttribute("height", RowHeight * Math.Max(1, rows.Count)),
            new XAttribute("font-family", "sans-serif"), new XAttribute("font-size", 12),
            graph.Sessions.GroupBy(session => (session.Node, session.Router))
                .SelectMany(pair => Lines([.. pair], centers[pair.Key.Router], centers[pair.Key.Node])),
            graph.Sites.Select(site => Box(site, centers[site.Name])));
        return new XDocument(picture).ToString() + "\n";
    }

    /// <summary>Sessions of one pair lie side by side.</summary>
    private static IEnumerable<XElement> Lines(TopologySession[] sessions, (int X, int Y) from, (int X, int Y) to)
    {
        for (var i = 0; i < sessions.Length; i++)
        {
            var shift = (8 * i) - (4 * (sessions.Length - 1));
            yield return new XElement(Svg + "line",
                At("x1", from.X + shift), At("y1", from.Y), At("x2", to.X + shift), At("y2", to.Y),
                new XAttribute("stroke", SessionColors.Of(sessions[i].State)), At("stroke-width", 2),
                new XElement(Svg + "title", $"{sessions[i].Name}: {sessions[i].Address}, {sessions[i].State}"));
        }
    }

    private static XElement Box(TopologySite site, (int X, int Y) center) => new(Svg + "g",
        new XElement(Svg + "rect",
            At("x", center.X - (BoxWidth / 2)), At("y", center.Y - (BoxHeight / 2)), At("width", BoxWidth),
            At("height", BoxHeight), At("rx", site.IsRouter ? 0 : BoxHeight / 2),
            new XAttribute("fill", site.IsRouter ? "#dde6f3" : "white"), new XAttribute("stroke", "black")),
        Label(site.Name, center.X, center.Y - 3),
        site is { IsRouter: false, Asn: > 0 } ? Label($"AS {site.Asn}", center.X, center.Y + 14) : null);

    private static XElement Label(string text, int x, int y) => new(Svg + "text",
        At("x", x), At("y", y), new XAttribute("text-anchor", "middle"), text);

    private static XAttribute At(string name, int value) => new(name, value.ToString(CultureInfo.InvariantCulture));
}
