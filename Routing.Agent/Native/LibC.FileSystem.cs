using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Routing.Agent.Native;

internal static unsafe partial class LibC
{
    /// <summary>Room for a struct statfs of any architecture; its first word is f_type.</summary>
    public const int StatFsSize = 256;

    /// <summary>sizeof(struct statx), the same on every architecture.</summary>
    public const int StatXSize = 256;

    /// <summary>Offset of stx_ino.</summary>
    public const int StatXInode = 32;

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFs(string path, void* buffer);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int folder, string path, int flags, uint mask, void* buffer);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoControl(SafeFileHandle file, nuint request);
}
