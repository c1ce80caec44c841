using System.Diagnostics;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Lab.Processes;

/// <summary>A process the lab started inside a network namespace, its output in a file.</summary>
/// <remarks>A child inherits the namespace of the thread that forks it. The shell in between becomes the program (exec): it
/// gives it a session of its own, so that Ctrl-C on the lab's terminal reaches the lab alone, which then stops its parts
/// in order; and a log file instead of a pipe, so that the program outlives a lab that was killed without noticing.</remarks>
internal sealed class LabProcess
{
    /// <summary>Set to the folder of the lab in all its processes: how `lab down` knows one that was started in the moment the lab
    /// was killed, before its number was written down.</summary>
    public const string Marker = "ROUTING_LAB";

    private const string Shell = """log=$1; shift; exec setsid "$@" </dev/null >>"$log" 2>&1""";

    private readonly Process _process;

    private LabProcess(Process process, LabProcessRecord record, string logPath) =>
        (_process, Record, LogPath) = (process, record, logPath);

    /// <summary>As in the state file.</summary>
    public LabProcessRecord Record { get; }

    /// <summary>Where its output goes.</summary>
    public string LogPath { get; }

    /// <summary>False once it has ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What it plays, for messages.</param>
    /// <param name="networkNamespace">Where it runs.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="logPath">File its output is added to.</param>
    /// <param name="marker">The lab's folder.</param>
    /// <param name="ledger">Where it is written down.</param>
    public static LabProcess Start(
        string name, NetworkNamespace networkNamespace, IEnumerable<string> command, string logPath, string marker, LabLedger ledger)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Shell, "sh", logPath, .. command])
        {
            UseShellExecute = false,
            Environment =
            {
                [Marker] = marker,
                // The runtime's diagnostic pipes lie in /tmp, and a process that is killed leaves them there.
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };
        var process = networkNamespace.Run(() => Process.Start(start)!);

        // It may be gone already; then its exit is what whoever waits for it will report.
        var identity = ProcessIdentity.TryRead(process.Id) ?? new ProcessIdentity(process.Id, 0);
        var record = new LabProcessRecord(name, identity);
        ledger.AddProcess(record);
        return new LabProcess(process, record, logPath);
    }

    /// <summary>Completes with the exit status: 128 and the signal's number for one that was killed.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>The last line it printed, which mostly says why it ended.</summary>
    public string LastLine() =>
        File.Exists(LogPath) ? File.ReadLines(LogPath).LastOrDefault(line => line.Length > 0) ?? "" : "";
}
