using System.Runtime.InteropServices;

namespace Routing.Agent.Native;

/// <content>Threads and processors.</content>
internal static unsafe partial class LibC
{
    /// <summary>With <paramref name="thread"/> 0: which processors the calling thread may run on. It runs on one of them when this
    /// returns.</summary>
    [LibraryImport(Library, EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nint size, byte* mask);

    /// <summary>With <paramref name="thread"/> 0: the calling thread's policy, and its priority (struct sched_param).</summary>
    [LibraryImport(Library, EntryPoint = "sched_setscheduler", SetLastError = true)]
    public static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
