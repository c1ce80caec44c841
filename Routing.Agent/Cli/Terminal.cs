using Spectre.Console;

namespace Routing.Agent.Cli;

/// <summary>Where verbs draw.</summary>
internal static class Terminal
{
    /// <summary>Width where there is no terminal: whatever reads it wants whole lines.</summary>
    private const int WidthOfFile = 1000;

    /// <summary>True when somebody looks at it.</summary>
    public static bool Is(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>A console over a writer: colours and the window's width on a terminal only.</summary>
    public static IAnsiConsole ConsoleFor(TextWriter output)
    {
        var terminal = Is(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        if (!terminal)
        {
            console.Profile.Width = WidthOfFile;
        }

        return console;
    }
}
