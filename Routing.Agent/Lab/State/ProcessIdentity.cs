using System.Globalization;

namespace Routing.Agent.Lab.State;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">Field 22 of /proc/PID/stat: clock ticks after boot.</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTime)
{
    /// <summary>The process that calls.</summary>
    public static ProcessIdentity Current => TryRead(Environment.ProcessId)!.Value;

    /// <summary>True while this very process lives.</summary>
    public bool IsAlive => TryRead(Pid) == this;

    /// <summary>The process that has the number now; null when there is none, or only its exit status is left.</summary>
    public static ProcessIdentity? TryRead(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));

            // The command name, field 2, may hold anything, spaces and ")" too; what follows its last ")" may not.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X"
                ? null
                : new ProcessIdentity(pid, ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // gone, before the open (ENOENT) or before the read (ESRCH)
        }
    }
}
