using System.Runtime.InteropServices;

namespace Routing.Agent.Lab.Processes;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    public const int Kill = 9; // SIGKILL
    public const int Terminate = 15; // SIGTERM

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Send(int pid, int signal) => KillProcess(pid, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillProcess(int pid, int signal);
}
