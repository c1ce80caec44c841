using System.Text;
using Spectre.Console;

namespace Routing.Agent.Cli;

/// <summary>A table as kubectl prints it: no lines, columns as wide as they need be; colours on a terminal
/// only.</summary>
internal sealed class TextTable
{
    private const int Gap = 3;

    private readonly List<string[]> _rows = [];

    public TextTable(params ReadOnlySpan<string> headers) => _rows.Add(headers.ToArray());

    /// <summary>Adds a row.</summary>
    public void Add(params ReadOnlySpan<string> cells) => _rows.Add(cells.ToArray());

    /// <summary>Writes it.</summary>
    public void WriteTo(TextWriter output)
    {
        if (Terminal.Is(output))
        {
            Terminal.ConsoleFor(output).Write(Draw());
        }
        else
        {
            WriteLines(output);
        }
    }

    private Table Draw()
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true }.Collapse();
        foreach (var header in _rows[0])
        {
            table.AddColumn(new TableColumn(new Text(header)) { Padding = new Padding(0, 0, Gap, 0), NoWrap = true });
        }

        foreach (var row in _rows.Skip(1))
        {
            table.AddRow(row.Select(cell => new Text(cell, StyleOf(cell))));
        }

        return table;
    }

    /// <summary>Whole lines without trailing blanks, for whatever reads them; by hand and in one piece, as drawing takes ten
    /// times as long, every write to a pipe is a system call, and a table may have a million rows.</summary>
    private void WriteLines(TextWriter output)
    {
        var widths = new int[_rows[0].Length];
        foreach (var row in _rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var last = Array.FindLastIndex(row, cell => cell.Length > 0);
            for (var i = 0; i <= last; i++)
            {
                text.Append(row[i]).Append(' ', i < last ? widths[i] + Gap - row[i].Length : 0);
            }

            text.Append('\n');
        }

        output.Write(text);
    }

    /// <summary>States stand out by themselves, so that every table shows them alike.</summary>
    private static Style StyleOf(string cell) => cell switch
    {
        "Established" or "yes" or "ready" or "connected" => new Style(Color.Green),
        "no" or "Idle" or "Connect" or "Active" or "not ready" or "disconnected" => new Style(Color.Red),
        _ => Style.Plain,
    };
}
