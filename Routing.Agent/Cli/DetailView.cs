namespace Routing.Agent.Cli;

/// <summary>One thing in detail: sections, each a headline with indented lines of label and value. Labels stand in one
/// column through all sections, so that the eye runs down the values.</summary>
internal sealed class DetailView
{
    private const string Indent = "  ";

    private readonly List<(string? Section, string Label, string Value)> _lines = [];

    /// <summary>Begins a section.</summary>
    public DetailView Section(string title)
    {
        _lines.Add((title, "", ""));
        return this;
    }

    /// <summary>Adds a line; one without a value is left out, for what does not apply.</summary>
    public DetailView Add(string label, string value)
    {
        if (value.Length > 0)
        {
            _lines.Add((null, label, value));
        }

        return this;
    }

    /// <summary>Adds a line that says yes or no.</summary>
    public DetailView Add(string label, bool value) => Add(label, value ? "yes" : "no");

    /// <summary>Writes it; sections without lines are left out.</summary>
    public void WriteTo(TextWriter output)
    {
        var width = _lines.Where(line => line.Section is null).Select(line => line.Label.Length).DefaultIfEmpty().Max();
        for (var i = 0; i < _lines.Count; i++)
        {
            var (section, label, value) = _lines[i];
            if (section is null)
            {
                output.WriteLine($"{Indent}{label.PadRight(width)}  {value}");
            }
            else if (i + 1 < _lines.Count && _lines[i + 1].Section is null)
            {
                output.WriteLine(section);
            }
        }
    }
}
