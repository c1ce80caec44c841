using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Routing.Agent.Netlink;

namespace Routing.Agent.Native;

/// <summary>Turns a system call's result into a value, or into an exception that says what was asked of which
/// object.</summary>
internal static class Kernel
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC

    /// <summary>Gives the result back unless it is negative.</summary>
    public static int Check(int result, string operation, string target) =>
        result >= 0 ? result : throw new NetlinkException(operation, target, Marshal.GetLastPInvokeError());

    /// <summary>Opens a file that .NET's own classes will not (a namespace, a setting whose length reads as
    /// zero).</summary>
    public static SafeFileHandle Open(string path, int flags, string operation, string target) =>
        new(Check(LibC.Open(path, flags | CloseOnExec, 0), operation, target), ownsHandle: true);
}
