using Spectre.Console;

namespace Routing.Agent.Cli;

/// <summary>A table as kubectl prints it: no lines, columns as wide as they need be; colours on a terminal
/// only.</summary>
internal sealed class TextTable
{
    private readonly Table _table = new Table { Border = TableBorder.None, ShowHeaders = true }.Collapse();

    public TextTable(params ReadOnlySpan<string> headers)
    {
        foreach (var header in headers)
        {
            _table.AddColumn(new TableColumn(new Text(header)) { Padding = new Padding(0, 0, 3, 0), NoWrap = true });
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>(cells.Length);
        foreach (var cell in cells)
        {
            row.Add(new Text(cell, StyleOf(cell)));
        }

        _table.AddRow(row);
    }

    /// <summary>Writes it.</summary>
    public void WriteTo(TextWriter output) => Terminal.ConsoleFor(output).Write(_table);

    /// <summary>States stand out by themselves, so that every table shows them alike.</summary>
    private static Style StyleOf(string cell) => cell switch
    {
        "Established" or "yes" or "ready" or "connected" => new Style(Color.Green),
        "no" or "Idle" or "Connect" or "Active" or "not ready" or "disconnected" => new Style(Color.Red),
        _ => Style.Plain,
    };
}
