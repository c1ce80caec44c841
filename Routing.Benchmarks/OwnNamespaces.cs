using System.Diagnostics;
using System.Reflection;

namespace Routing.Benchmarks;

/// <summary>Runs a benchmark again in network and mount namespaces of its own: what it changes is gone when it ends.</summary>
internal static class OwnNamespaces
{
    private const string InsideMark = "ROUTING_BENCHMARK_INSIDE";

    /// <summary>True in the process that <see cref="RunAsync"/> started.</summary>
    public static bool AreEntered => Environment.GetEnvironmentVariable(InsideMark) is not null;

    /// <summary>Starts this program again, inside, and returns its exit code.</summary>
    public static async Task<int> RunAsync(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("unshare",
            ["--net", "--mount", "--", Environment.ProcessPath!, .. HostedProgram(), .. arguments]);
        start.Environment[InsideMark] = "1";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>The program as an argument, when we run as `dotnet Program.dll`.</summary>
    private static string[] HostedProgram() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];
}
