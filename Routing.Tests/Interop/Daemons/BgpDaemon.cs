using System.Diagnostics;
using System.Text;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;

namespace Routing.Tests.Interop.Daemons;

/// <summary>A BGP speaker that runs as a process of its own inside a test's namespace. Ended by its own process id, also when
/// the test failed.</summary>
internal abstract class BgpDaemon(TestNamespace place) : IAsyncDisposable
{
    private const int SigHup = 1;

    private readonly List<Process> _processes = [];
    private readonly StringBuilder _log = new();

    /// <summary>Where its files are: a short path, as Unix sockets want, and open to the daemon's own user.</summary>
    protected string Folder { get; } = Directory.CreateDirectory(
        Path.Combine(Path.GetTempPath(), $"daemon-{Guid.NewGuid():n}"[..15])).FullName;

    /// <summary>Where it runs.</summary>
    protected TestNamespace Place { get; } = place;

    /// <summary>What it printed, for failures.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Writes its configuration and starts it.</summary>
    public abstract Task StartAsync(DaemonConfig config);

    /// <summary>The daemon's sessions that are up.</summary>
    public abstract Task<int> CountEstablishedAsync();

    /// <summary>What it learned from its neighbours.</summary>
    public abstract Task<IReadOnlyList<DaemonRoute>> ReadRoutesAsync();

    /// <summary>What it shows of the words of a neighbour that shut the session down (RFC 9003).</summary>
    public virtual Task<string> ReadShutdownAsync() => Task.FromResult(Log);

    /// <summary>Shuts a neighbour down with words for its operator (RFC 9003).</summary>
    /// <param name="index">Of its neighbours.</param>
    /// <param name="address">The same one's address.</param>
    /// <param name="words">The words.</param>
    public virtual Task ShutdownNeighborAsync(int index, string address, string words) => throw new NotSupportedException();

    /// <summary>Makes a daemon of a kind.</summary>
    public static BgpDaemon Create(string kind, TestNamespace place) => kind switch
    {
        "bird" => new BirdDaemon(place),
        "frr" => new FrrDaemon(place),
        "gobgp" => new GobgpDaemon(place),
        "openbgpd" => new OpenBgpdDaemon(place),
        "exabgp" => new ExabgpDaemon(place),
        _ => new RoutingDaemon(place),
    };

    /// <summary>True when it learned the prefix.</summary>
    public async Task<bool> HasAsync(string prefix) => (await ReadRoutesAsync()).Any(route => route.Prefix == prefix);

    /// <summary>Waits for a prefix to come.</summary>
    public Task WaitForAsync(string prefix) => Until.TrueAsync(
        $"{GetType().Name} learns {prefix}", () => HasAsync(prefix), onFailure: DescribeAsync);

    /// <summary>Waits for a prefix to go.</summary>
    public Task WaitForLossAsync(string prefix) => Until.TrueAsync(
        $"{GetType().Name} loses {prefix}", async () => !await HasAsync(prefix), onFailure: DescribeAsync);

    /// <summary>Waits for sessions.</summary>
    public Task WaitForSessionsAsync(int count) => Until.TrueAsync(
        $"{GetType().Name} has {count} sessions", async () => await CountEstablishedAsync() == count, onFailure: DescribeAsync);

    /// <summary>Ends it as an operator would.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> TerminateAsync() => SignalAsync(Signals.Terminate);

    /// <summary>Ends it as a crash would.</summary>
    public Task KillAsync() => SignalAsync(Signals.Kill);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SignalAsync(Signals.Kill);
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a program of the daemon's own in its namespace, in the foreground; its output is kept.</summary>
    protected void Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        var process = Place.Inner.Run(() => Process.Start(start)!);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    /// <summary>Asks it to read its files again.</summary>
    protected void HangUp() => Signals.Send(_processes[^1].Id, SigHup);

    /// <summary>A question to the daemon by a program that prints the answer; empty while it does not answer.</summary>
    protected async Task<string> AskAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Place.Inner.Run(() => Process.Start(start)!);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await error;
        return process.ExitCode == 0 ? output : "";
    }

    /// <summary>Writes one of its files.</summary>
    /// <returns>The path.</returns>
    protected string WriteFile(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<int> SignalAsync(int signal)
    {
        var exitCode = 0;
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                Signals.Send(process.Id, signal);
            }

            await process.WaitForExitAsync();
            exitCode = process.ExitCode;
            process.Dispose();
        }

        _processes.Clear();
        return exitCode;
    }

    private async Task<string> DescribeAsync() => string.Join('\n', await ReadRoutesAsync()) + "\n" + Log;

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
