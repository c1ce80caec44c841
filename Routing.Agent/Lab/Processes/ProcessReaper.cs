using System.Globalization;
using Routing.Agent.Lab.State;

namespace Routing.Agent.Lab.Processes;

/// <summary>Ends processes that a lab started, its own children as well as those of a lab that crashed.</summary>
internal static class ProcessReaper
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks all to end, waits, kills those that did not.</summary>
    public static async Task StopAsync(IEnumerable<ProcessIdentity> processes, TimeProvider time)
    {
        var alive = processes.Where(process => process.IsAlive).ToList();
        foreach (var signal in new[] { Signals.Terminate, Signals.Kill })
        {
            alive.ForEach(process => Signals.Send(process.Pid, signal));
            for (var start = time.GetTimestamp(); alive.Count > 0 && time.GetElapsedTime(start) < Patience;)
            {
                await Task.Delay(PollInterval, time);
                alive.RemoveAll(process => !process.IsAlive);
            }
        }
    }

    /// <summary>Every process that carries a lab's marker.</summary>
    public static IEnumerable<ProcessIdentity> FindMarked(string marker)
    {
        var entry = $"\0{LabProcess.Marker}={marker}\0";
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId
                && ReadEnvironment(pid).Contains(entry, StringComparison.Ordinal)
                && ProcessIdentity.TryRead(pid) is { } process)
            {
                yield return process;
            }
        }
    }

    private static string ReadEnvironment(int pid)
    {
        try
        {
            return "\0" + File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // gone, or a kernel thread
        }
    }
}
