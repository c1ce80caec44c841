using System.Diagnostics;
using System.Globalization;
using System.Text;
using Routing.Agent.Lab.Processes;

namespace Routing.Tests.Lab;

/// <summary>A `routing lab` process: the program as users start it, what it prints and when.</summary>
internal sealed class LabRun : IAsyncDisposable
{
    /// <summary>No lab of a test lives longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    // Its number inside comes first.
    private const string Announced = "echo $$; exec \"$@\"";

    private readonly LabMachine _machine;
    private readonly Process _process;
    private readonly TaskCompletionSource<string?> _pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private LabRun(LabMachine machine, Process process)
    {
        (_machine, _process) = (machine, process);
        process.OutputDataReceived += (_, line) =>
        {
            if (!_pid.TrySetResult(line.Data))
            {
                Append(_output, line.Data);
            }
        };
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id in its machine.</summary>
    public int Pid => int.Parse(_pid.Task.GetAwaiter().GetResult()!, CultureInfo.InvariantCulture);

    /// <summary>False once it has ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>What it printed so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it complained about so far.</summary>
    public string Error => Read(_error);

    /// <summary>The program that building the solution left.</summary>
    public static string Program
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
            Requires.BuiltFile($"Routing.Agent/bin/{configuration}/net10.0/routing-cni");
            return Requires.BuiltFile($"Routing.Agent/bin/{configuration}/net10.0/routing");
        }
    }

    /// <summary>Starts `routing` with arguments.</summary>
    public static LabRun Start(LabMachine machine, params string[] arguments) => StartProgram(machine, Program, arguments);

    /// <summary>Starts a program that starts `routing`, as one that drops privileges.</summary>
    public static LabRun StartProgram(LabMachine machine, string program, params string[] arguments) =>
        new(machine, Process.Start(machine.Command("/bin/sh", ["-c", Announced, "sh", program, .. arguments]))!);

    /// <summary>Runs `routing` to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> ToEndAsync(LabMachine machine, params string[] arguments)
    {
        await using var run = Start(machine, arguments);
        var exitCode = await run.WaitForExitAsync();
        return (exitCode, run.Output, run.Error);
    }

    /// <summary>Sends a signal.</summary>
    public void Send(int signal) => _machine.Tool("sh", "-c", $"kill -{signal} {Pid} || true"); // it may have ended by itself

    /// <summary>Its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Longest);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"routing lab did not end within {Longest}. It printed:\n{Output}\n{Error}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits for text in its output.</summary>
    public Task PrintsAsync(string text) => PrintsAsync(text, 0);

    /// <summary>Waits for text in its output from an offset on.</summary>
    public async Task PrintsAsync(string text, int from)
    {
        await Until.TrueAsync(
            $"the lab prints '{text}'",
            () => Output.AsSpan(from).Contains(text, StringComparison.Ordinal) || !IsRunning,
            Longest.TotalSeconds);
        Assert.That(Output[from..], Does.Contain(text), $"The lab ended. {Error}");
    }

    /// <summary>Ends it with all it has, also when the test failed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            Send(Signals.Terminate);
            await WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
