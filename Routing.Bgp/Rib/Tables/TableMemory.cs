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
        fixed (T* start = array)
        {
            Populate(start, (nuint)array.Length * (nuint)sizeof(T));
        }
    }

    /// <summary>The same for memory that is not the collector's.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Octets.</param>
    public static void Populate(void* start, nuint length)
    {
        // Whole pages within: what else is on the first and the last one is in use already, or will be.
        var from = ((nuint)start + PageMask) & ~PageMask;
        var end = ((nuint)start + length) & ~PageMask;
        if (from < end && OperatingSystem.IsLinux())
        {
            _ = Advise(from, end - from, PopulateWrite);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
