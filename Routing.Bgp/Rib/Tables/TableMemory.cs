using System.Runtime.InteropServices;

namespace Routing.Bgp.Rib.Tables;

/// <summary>Asks the kernel for the memory of a table in one call: a table load would otherwise fault it in page by page,
/// which for a million routes is seventeen thousand times.</summary>
internal static unsafe partial class TableMemory
{
    private const int PopulateWrite = 23; // MADV_POPULATE_WRITE, since Linux 5.14

    private static readonly nuint PageMask = (nuint)Environment.SystemPageSize - 1;

    /// <summary>Backs an array that is about to be filled; a hint, for arrays of many pages. Nothing is written.</summary>
    public static void Populate<T>(T[] array)
        where T : unmanaged
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        fixed (T* start = array)
        {
            // Whole pages within: what else is on the first and the last one is in use already, or will be.
            var from = ((nuint)start + PageMask) & ~PageMask;
            var end = ((nuint)start + ((nuint)array.Length * (nuint)sizeof(T))) & ~PageMask;
            if (from < end)
            {
                _ = Advise(from, end - from, PopulateWrite);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
