using System.Runtime.InteropServices;

namespace Routing.Cni;

/// <summary>The two calls that reading stdin and writing stdout take.</summary>
internal static partial class LibC
{
    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);
}
