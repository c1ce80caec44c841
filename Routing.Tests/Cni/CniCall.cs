using System.Diagnostics;
using System.Text.Json;

namespace Routing.Tests.Cni;

/// <summary>One run of the real shim, as libcni runs a plugin: environment, stdin, stdout, exit code.</summary>
/// <param name="ExitCode">0 or 1.</param>
/// <param name="Output">stdout, all of it.</param>
/// <param name="Error">stderr, all of it.</param>
internal sealed record CniCall(int ExitCode, string Output, string Error)
{
    /// <summary>stdout as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The error object's code.</summary>
    public int Code => Json.GetProperty("code").GetInt32();

    /// <summary>The error object's message.</summary>
    public string Message => Json.GetProperty("msg").GetString()!;

    public static async Task<CniCall> RunAsync(string config, params (string Key, string Value)[] environment)
    {
        using var process = Start(environment);
        await process.StandardInput.WriteAsync(config);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CniCall(process.ExitCode, output, await error);
    }

    /// <summary>Starts the shim and leaves its stdin to the caller.</summary>
    public static Process Start(params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo(ShimPath())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear(); // a runtime gives a plugin what it says, and so do we
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>The shim that building the agent published.</summary>
    public static string ShimPath()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        return Requires.BuiltFile($"Routing.Agent/bin/{configuration}/net10.0/routing-cni");
    }
}
