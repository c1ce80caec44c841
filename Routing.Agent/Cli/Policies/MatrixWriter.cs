using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Routing.Policy.Analysis;
using Routing.Policy.Model;

namespace Routing.Agent.Cli.Policies;

/// <summary>A matrix as a table, CSV, JSON or a picture.</summary>
internal sealed class MatrixWriter
{
    private const int Square = 26;
    private const int LetterWidth = 7;
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    private readonly FlowMatrix _matrix;
    private readonly PortSet? _only;

    /// <param name="matrix">What to write.</param>
    /// <param name="only">The port that alone is of interest; null for all.</param>
    public MatrixWriter(FlowMatrix matrix, (TransportProtocol Protocol, ushort Port)? only) =>
        (_matrix, _only) = (matrix, only is { } port ? matrix.Ports.Of(port.Protocol, port.Port) : null);

    /// <summary>For people.</summary>
    public string Table()
    {
        using var text = new StringWriter { NewLine = "\n" };
        var table = new TextTable(["FROM \\ TO", .. _matrix.Groups]);
        foreach (var (row, from) in _matrix.Groups.Index())
        {
            table.Add([from, .. _matrix.Cells[row].Select(Text)]);
        }

        table.WriteTo(text);
        if (_matrix.Cells.Any(row => row.Any(cell => Color(cell) == Some)) && _only is null)
        {
            text.WriteLine("* not between all of them");
        }

        return text.ToString();
    }

    /// <summary>For spreadsheets (RFC 4180, with plain line feeds).</summary>
    public string Csv() => string.Concat(_matrix.Groups.Index()
        .Select(row => string.Join(',', _matrix.Cells[row.Index].Select(Text).Prepend(row.Item).Select(Quote)) + "\n")
        .Prepend(string.Join(',', _matrix.Groups.Prepend("from \\ to").Select(Quote)) + "\n"));

    /// <summary>For programs: an entry for each pair.</summary>
    public string Json()
    {
        var cells = new JsonArray();
        foreach (var (row, from) in _matrix.Groups.Index())
        {
            foreach (var (column, to) in _matrix.Groups.Index())
            {
                var cell = _matrix.Cells[row][column];
                if (!cell.IsEmpty)
                {
                    cells.Add((JsonNode)new JsonObject
                    {
                        ["from"] = from,
                        ["to"] = to,
                        ["verdict"] = Color(cell) == All ? "all" : Color(cell) == None ? "none" : "some",
                        ["some"] = Parts(cell.Some),
                        ["every"] = Parts(cell.Every),
                    });
                }
            }
        }

        return JsonText.Format(new JsonObject
        {
            ["groups"] = new JsonArray([.. _matrix.Groups.Select(name => JsonValue.Create(name))]),
            ["cells"] = cells,
        }) + "\n";
    }

    /// <summary>A picture: a row for each sender, a column for each receiver, the ports in a square's tooltip, and what the colours
    /// mean below.</summary>
    public string Svg()
    {
        var margin = 20 + (LetterWidth * _matrix.Groups.Max(name => name.Length));
        var end = margin + (Square * _matrix.Groups.Length);
        var legend = Legend();
        var (width, height) = (Math.Max(end, 60 + (LetterWidth * legend.Max(one => one.Meaning.Length))) + 20, end + 20 + (Square * legend.Length));
        var picture = new XElement(Namespace + "svg",
            At("width", width), At("height", height), new XAttribute("font-family", "sans-serif"), At("font-size", 12),
            new XElement(Namespace + "rect", At("width", width), At("height", height), new XAttribute("fill", "#ffffff")),
            Label(margin - 8, margin - 8, "from \\ to", "end"),
            _matrix.Groups.Index().SelectMany(group => new[]
            {
                Label(margin - 8, margin + (Square * group.Index) + 17, group.Item, "end"),
                new XElement(Namespace + "text",
                    new XAttribute("transform", Invariant($"translate({margin + (Square * group.Index) + 17},{margin - 8}) rotate(-90)")),
                    group.Item),
            }),
            _matrix.Groups.Index().SelectMany(row => _matrix.Groups.Index().Select(column =>
            {
                var cell = _matrix.Cells[row.Index][column.Index];
                return Box(margin + (Square * column.Index), margin + (Square * row.Index), Color(cell),
                    new XElement(Namespace + "title", $"{row.Item} -> {column.Item}: {Text(cell)}"));
            })),
            legend.Index().SelectMany(one => new[]
            {
                Box(20, end + 10 + (Square * one.Index), one.Item.Color),
                Label(20 + Square + 8, end + 10 + (Square * one.Index) + 17, one.Item.Meaning, "start"),
            }));
        return new XDocument(picture).ToString() + "\n";
    }

    private static XElement Label(int x, int y, string text, string anchor) => new(
        Namespace + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), text);

    private static XElement Box(int x, int y, string color, params object[] content) => new(
        Namespace + "rect", At("x", x), At("y", y), At("width", Square - 2), At("height", Square - 2), new XAttribute("fill", color), content);

    /// <summary>The colours that are there, best first.</summary>
    private (string Color, string Meaning)[] Legend()
    {
        var used = _matrix.Cells.SelectMany(row => row).Select(Color).ToHashSet();
        (string Color, string Meaning)[] all = _only is null
            ?
            [
                (All, "every port"), (Listed, "some ports, the same between all of them"),
                (Some, "some ports, not the same between all of them"), (None, "nothing"),
            ]
            : [(All, Port("yes")), (Some, Port("between some of them")), (None, Port("no"))];
        return [.. all.Append((Color: Nothing, Meaning: "nobody to talk to")).Where(one => used.Contains(one.Color))];

        string Port(string answer) => $"{_matrix.Ports.Describe(_only!)}: {answer}"; // the picture is shown without the command line
    }

    private const string All = "#4caf50";
    private const string Some = "#ffc107";
    private const string None = "#e57373";
    private const string Nothing = "#eeeeee";

    private string Color(MatrixCell cell) => cell.IsEmpty ? Nothing
        : Restrict(cell.Some).IsEmpty ? None
        : Restrict(cell.Every) == (_only ?? _matrix.Ports.All) ? All
        : _only is null && cell.Some == cell.Every ? Listed
        : Some;

    // Some ports, but the same between all of them.
    private const string Listed = "#aed581";

    private string Text(MatrixCell cell) => cell.IsEmpty ? "-"
        : _only is not null ? (Color(cell) == All ? "yes" : Color(cell) == None ? "no" : "some")
        : cell.Some == cell.Every ? _matrix.Ports.Describe(cell.Some)
        : $"{_matrix.Ports.Describe(cell.Some)} *";

    private JsonArray Parts(PortSet set) => new([.. _matrix.Ports.Parts(Restrict(set)).Select(part => JsonValue.Create(part))]);

    private PortSet Restrict(PortSet set) => _only is null ? set : _matrix.Ports.And(set, _only);

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\n")
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static XAttribute At(string name, int value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
