using System.Runtime.InteropServices;

namespace Routing.Agent.Native;

internal static unsafe partial class LibC
{
    /// <summary>Room for a struct statfs of any architecture; its first word is f_type.</summary>
    public const int StatFsSize = 256;

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFs(string path, void* buffer);
}
