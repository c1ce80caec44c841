namespace Routing.Agent.Netlink;

/// <summary>The kernel refused a request. The message names the operation, the object, errno and the kernel's own
/// extended-ack text where it gave one.</summary>
public sealed class NetlinkException : Exception
{
    /// <param name="operation">What was asked, as in "add route".</param>
    /// <param name="target">The object it was asked of, as in "10.1.0.0/26 via 172.30.1.1"; empty for a whole
    /// table.</param>
    /// <param name="errno">The kernel's error number, positive.</param>
    /// <param name="kernelMessage">NLMSGERR_ATTR_MSG, or null.</param>
    public NetlinkException(string operation, string target, int errno, string? kernelMessage = null)
        : base(Describe(operation, target, errno, kernelMessage)) =>
        (Operation, Target, Errno, KernelMessage) = (operation, target, errno, kernelMessage);

    /// <summary>What was asked.</summary>
    public string Operation { get; }

    /// <summary>The object it was asked of.</summary>
    public string Target { get; }

    /// <summary>The kernel's error number, positive.</summary>
    public int Errno { get; }

    /// <summary>The kernel's extended-ack text, or null.</summary>
    public string? KernelMessage { get; }

    private static string Describe(string operation, string target, int errno, string? kernelMessage)
    {
        var reason = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno);
        var what = target.Length == 0 ? operation : $"{operation} {target}";
        return kernelMessage is null
            ? $"{what}: {reason} (errno {errno})"
            : $"{what}: {reason} (errno {errno}): {kernelMessage}";
    }
}
