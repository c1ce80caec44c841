using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Routing.Agent.Native;

/// <summary>An eventfd: lets another thread interrupt one that waits for a descriptor.</summary>
internal sealed unsafe class WakeupFile : IDisposable
{
    private const short Readable = 1; // POLLIN

    private readonly SafeFileHandle _file = new(
        Kernel.Check(LibC.EventFd(0, 0x80000 /* EFD_CLOEXEC */), "create", "eventfd"), ownsHandle: true);

    /// <summary>Ends every wait, now and later.</summary>
    public void Signal()
    {
        var one = 1UL;
        Kernel.Check((int)LibC.Write(_file, &one, sizeof(ulong)), "signal", "eventfd");
    }

    /// <summary>Waits until the descriptor is readable (or in error).</summary>
    /// <returns>False once <see cref="Signal"/> was called.</returns>
    public bool WaitForEither(SafeFileHandle descriptor)
    {
        var entries = stackalloc LibC.PollEntry[2];
        entries[0] = new() { FileDescriptor = (int)_file.DangerousGetHandle(), Events = Readable };
        entries[1] = new() { FileDescriptor = (int)descriptor.DangerousGetHandle(), Events = Readable };
        while (LibC.Poll(entries, 2, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                Kernel.Check(-1, "wait for", "netlink events");
            }
        }

        return entries[0].Returned == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
