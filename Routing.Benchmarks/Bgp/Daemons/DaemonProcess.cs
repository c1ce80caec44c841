using System.Diagnostics;
using System.Globalization;

namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>A running daemon with all its processes.</summary>
internal sealed class DaemonProcess : IDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly Process _root;
    private readonly string _folder;

    private DaemonProcess(Process root, string folder) => (_root, _folder) = (root, folder);

    /// <summary>Starts a daemon in the namespace of the calling thread and waits until it listens.</summary>
    /// <exception cref="IOException">It ended instead; the message has its last words.</exception>
    public static DaemonProcess Start(BgpDaemon daemon, DaemonPlan plan)
    {
        var folder = Directory.CreateTempSubdirectory("bgp-compare-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111); // some drop to a user of their own
        var log = Path.Combine(folder, "log");
        var arguments = daemon.Configure(plan, folder).Select(argument => $"'{argument}'");
        var process = Process.Start(
            "/bin/sh", ["-c", $"exec {daemon.Program} {string.Join(' ', arguments)} >{log} 2>&1 </dev/null"]);
        var running = new DaemonProcess(process, folder);
        var clock = Stopwatch.StartNew();
        while (!running.Listens())
        {
            if (process.HasExited || clock.Elapsed > StartTime)
            {
                var words = File.ReadAllText(log);
                running.Dispose();
                throw new IOException($"it does not listen: {words[Math.Max(0, words.Length - 500)..].ReplaceLineEndings(" ")}");
            }

            Thread.Sleep(5);
        }

        return running;
    }

    /// <summary>Processor seconds used so far: user and system, all processes.</summary>
    public double CpuSeconds => Processes().Sum(
        process => StatFields(process) is { } fields ? (Number(fields[11]) + Number(fields[12])) / TicksPerSecond : 0);

    /// <summary>The most memory resident at a time, in MiB, summed over the processes.</summary>
    public double PeakMiB => Processes().Sum(process => StatusKiB(process, "VmHWM:")) / 1024.0;

    /// <summary>Memory resident now, in MiB.</summary>
    public double ResidentMiB => Processes().Sum(process => StatusKiB(process, "VmRSS:")) / 1024.0;

    /// <summary>It has ended by itself.</summary>
    public bool HasExited => _root.HasExited;

    public void Dispose()
    {
        foreach (var process in Processes())
        {
            Kill(process);
        }

        _root.WaitForExit();
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Kill(int process)
    {
        try
        {
            using var victim = Process.GetProcessById(process);
            victim.Kill();
            victim.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (ArgumentException)
        {
            // It went with its parent.
        }
    }

    private bool Listens()
    {
        var line = $":{DaemonPlan.Port:X4} 00000000:0000 0A";
        return ReadOrEmpty($"/proc/{_root.Id}/net/tcp").Contains(line, StringComparison.Ordinal);
    }

    private List<int> Processes()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && StatFields(process) is { } fields)
            {
                parents[process] = (int)Number(fields[1]);
            }
        }

        var found = new List<int> { _root.Id };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(parents.Where(pair => pair.Value == found[i]).Select(pair => pair.Key));
        }

        return found;
    }

    /// <summary>proc_pid_stat(5) from the state on: the name before it may hold blanks.</summary>
    private static string[]? StatFields(int process)
    {
        var text = ReadOrEmpty($"/proc/{process}/stat");
        return text.Length == 0 ? null : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double StatusKiB(int process, string field)
    {
        var line = Array.Find(
            ReadOrEmpty($"/proc/{process}/status").Split('\n'), line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    private static double Number(string text) => double.Parse(text.Trim(), CultureInfo.InvariantCulture);

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // gone meanwhile
        }
    }
}
