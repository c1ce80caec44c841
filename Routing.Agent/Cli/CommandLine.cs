using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Routing.Agent.Cli;

/// <summary>Runs one command line with the project's contract for exit codes and errors (DESIGN.md §8): 0 success, 1
/// the thing checked is false or failed, 2 wrong usage; a mistake of the user is one line on stderr, never a stack
/// trace.</summary>
internal static partial class CommandLine
{
    /// <summary>Time a verb has after Ctrl-C or SIGTERM to undo what it built before the process is ended.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var result = RootVerb.Create().Parse(args);
        if (result.Errors.Count > 0)
        {
            // An unknown word is named before what its absence then leaves missing.
            var problem = result.UnmatchedTokens.Count > 0
                ? $"unknown verb or argument '{result.UnmatchedTokens[0]}'"
                : result.CommandResult.Command is { Action: null, Subcommands: { Count: > 0 } verbs }
                ? $"a verb is missing, one of {string.Join(", ", verbs.Select(verb => verb.Name))}"
                : Describe(result.Errors[0]);
            await error.WriteLineAsync($"routing: {problem} (see '{VerbPath(result)} --help')");
            return ExitCode.Usage;
        }

        try
        {
            return await result.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = IsPolicies(result) ? null : TerminationTimeout,
            });
        }
        catch (UserErrorException e)
        {
            await error.WriteLineAsync($"routing: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    /// <summary>True for the verbs that only read and reckon: they have nothing to undo, so that a signal ends them where they are.</summary>
    private static bool IsPolicies(ParseResult result) => result.CommandResult.Parent is CommandResult { Command.Name: PolicyVerb.Name };

    /// <summary>The library's words, with the option that they are about and without types of ours.</summary>
    private static string Describe(ParseError error)
    {
        var text = ExpectedType().Replace(OneLine(error.Message).TrimEnd('.'), "");
        return error.SymbolResult is OptionResult { Option.Name: var name } && !text.Contains(name, StringComparison.Ordinal)
            ? $"{name}: {text}" : text;
    }

    [GeneratedRegex(" as expected type '[^']*'")]
    private static partial Regex ExpectedType();

    /// <summary>The library lists what is allowed on lines of their own.</summary>
    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string VerbPath(ParseResult result)
    {
        var names = new List<string>();
        for (var verb = result.CommandResult; verb is not null;
             verb = verb.Parent as CommandResult)
        {
            names.Insert(0, verb.Parent is null ? "routing" : verb.Command.Name);
        }

        return string.Join(' ', names);
    }
}
