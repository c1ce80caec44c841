using System.CommandLine;

namespace Routing.Agent.Cli;

/// <summary>`-o json` and `--json`, the same thing on every verb that prints.</summary>
internal sealed class OutputOptions
{
    private const string Json = "json";

    private readonly Option<string> _format =
        new("--output", "-o") { Description = "Output format: text or json.", DefaultValueFactory = _ => "text" };
    private readonly Option<bool> _json = new("--json") { Description = "The same as -o json." };

    private OutputOptions(Command verb)
    {
        _format.AcceptOnlyFromAmong("text", Json);
        verb.Options.Add(_format);
        verb.Options.Add(_json);
    }

    /// <summary>Adds the two options to a verb.</summary>
    public static OutputOptions AddTo(Command verb) => new(verb);

    /// <summary>True when the verb shall print JSON.</summary>
    public bool IsJson(ParseResult result) => result.GetValue(_json) || result.GetValue(_format) == Json;
}
