using System.Diagnostics;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>A program that takes rules on its standard input.</summary>
internal static class RulesetTool
{
    /// <exception cref="InvalidOperationException">It refused them.</exception>
    public static void Run(string input, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors}");
        }
    }
}
