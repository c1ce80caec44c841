using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Routing.Bgp.Bfd.Udp;

/// <summary>An eventfd by which any thread gets the loop out of its wait.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly SafeFileHandle _handle;

    public WakeUp()
    {
        var descriptor = LibC.EventFd(0, CloseOnExec | NonBlocking);
        _handle = descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException("eventfd: " + Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>What to poll.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>The next wait, or the one under way, ends at once.</summary>
    public void Set()
    {
        var one = 1ul;
        _ = LibC.Write(_handle, &one, sizeof(ulong)); // fails only when it is set 2^64 times over
    }

    /// <summary>Makes the loop wait again.</summary>
    public void Clear()
    {
        ulong count;
        _ = LibC.Read(_handle, &count, sizeof(ulong)); // fails only when it was not set
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
