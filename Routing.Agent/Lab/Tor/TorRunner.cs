using System.Globalization;
using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Lab.Tor;

/// <summary>Starts the ToR's processes in its namespace and sees that they keep running.</summary>
internal sealed class TorRunner(TorSetup setup, NetworkNamespace networkNamespace, LabPaths paths, LabLedger ledger, TimeProvider time)
{
    private const int BgpPort = 179;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // FRR's daemons drop to a user of their own and make their sockets here.
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.StickyBit;

    private static readonly string[] SocketTables = ["tcp", "tcp6"];

    private readonly List<LabProcess> _processes = [];

    /// <summary>Returns once the ToR takes BGP connections on both families.</summary>
    /// <exception cref="LabException">A process ended, or did not get so far in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(paths.TorFolder);
        File.SetUnixFileMode(paths.TorFolder, OpenToAll);
        if (setup.OwnFolder is { } folder && !Directory.Exists(folder))
        {
            ledger.AddFolder(folder);
        }

        foreach (var file in setup.Files)
        {
            await File.WriteAllTextAsync(Path.Combine(paths.TorFolder, file.Name), file.Text, cancellationToken);
        }

        foreach (var program in setup.Programs)
        {
            var process = LabProcess.Start(
                $"tor {program.Name}", networkNamespace, [program.Path, .. program.Arguments],
                Path.Combine(paths.TorFolder, program.Name + ".log"), paths.Root, ledger);
            _processes.Add(process);
            if (program.ReadyFile is { } socket)
            {
                await WaitAsync(process, () => File.Exists(socket), $"make {socket}", cancellationToken);
            }
        }

        var speaker = _processes[^1];
        await WaitAsync(speaker, () => Listens(speaker), "listen on port 179", cancellationToken);
    }

    /// <summary>Completes, always with an exception, when one of the processes ends.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(_processes.Select(async process =>
        {
            await process.WaitForExitAsync(cancellationToken);
            return process;
        }));
        throw Ended(await ended);
    }

    private async Task WaitAsync(LabProcess process, Func<bool> ready, string what, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); !ready();)
        {
            if (!process.IsRunning)
            {
                throw Ended(process);
            }

            if (time.GetElapsedTime(start) > StartTimeout)
            {
                throw new LabException($"{process.Record.Name} did not {what} within {StartTimeout.TotalSeconds:0} s: {process.LastLine()}");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static LabException Ended(LabProcess process) =>
        new($"{process.Record.Name} ended: {process.LastLine()}");

    /// <summary>Looks without connecting: /proc/PID/net shows the sockets of the process's namespace.</summary>
    private static bool Listens(LabProcess process)
    {
        const string listen = "0A"; // TCP_LISTEN (net/tcp_states.h)
        var port = BgpPort.ToString("X4", CultureInfo.InvariantCulture);
        return SocketTables.All(table =>
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Record.Identity.Pid}/net/{table}");
            try
            {
                return File.ReadLines(path).Skip(1)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Any(fields => fields[1].EndsWith(":" + port, StringComparison.Ordinal) && fields[3] == listen);
            }
            catch (IOException)
            {
                return false;
            }
        });
    }
}
