using System.Diagnostics;

namespace Routing.Tests;

/// <summary>Runs the programs that are the tests' oracles.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end and returns its standard output; fails the test when it fails.</summary>
    public static string Run(string program, params string[] arguments) => RunWithInput(program, null, arguments);

    /// <summary>Likewise, with text on its standard input.</summary>
    public static string RunWithInput(string program, string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Requires.Tool(program), arguments)
        {
            RedirectStandardInput = input is not null,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
