using System.ComponentModel;
using System.Diagnostics;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Runs the programs of the iptables back end, by argument lists and pipes: no shell sees anything.</summary>
/// <param name="inside">The network namespace they work on; null for the calling thread's.</param>
internal sealed class ProgramRunner(NetworkNamespace? inside) : IProgramRunner
{
    // A program that waits for a lock ends by itself long before.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] MoreFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(MoreFolders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <inheritdoc/>
    public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments)
    {
        var path = Find(program)
            ?? throw new ProgramException($"the program '{program}' is not installed: it comes with the package '{package}'");
        return inside is null ? Run(path, input, arguments) : inside.Run(() => Run(path, input, arguments));
    }

    private static string Run(string path, string? input, IReadOnlyList<string> arguments)
    {
        var command = $"{Path.GetFileName(path)} {string.Join(' ', arguments)}".TrimEnd();
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C"; // what is read back must not depend on the language
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            Feed(process, input);
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                throw new ProgramException($"{command}: did not end within {Limit.TotalSeconds} s");
            }

            process.WaitForExit(); // the pipes too
            return process.ExitCode == 0
                ? output.Result
                : throw new ProgramException($"{command}: exit code {process.ExitCode}: {Said(error.Result)}");
        }
        catch (Win32Exception e)
        {
            throw new ProgramException($"{command}: cannot be started: {e.Message}");
        }
    }

    private static void Feed(Process process, string? input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading on: its exit code says why.
        }
    }

    /// <summary>What it said, in one line.</summary>
    private static string Said(string error)
    {
        var said = string.Join("; ", error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return said.Length == 0 ? "it said nothing" : said;
    }
}
