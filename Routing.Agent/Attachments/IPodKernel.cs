namespace Routing.Agent.Attachments;

/// <summary>The kernel as wiring sees it: this node's namespace and its pods'. Thread-safe.</summary>
public interface IPodKernel
{
    /// <summary>False where the kernel was started without IPv6 (ipv6.disable=1); it refuses every request that speaks
    /// of it.
    /// </summary>
    bool HasIPv6 { get; }

    /// <summary>The namespace the agent runs in.</summary>
    IKernelNamespace OpenHost();

    /// <summary>A container's namespace.</summary>
    /// <exception cref="InvalidNamespaceException">The path leads to none, or to the host's own.</exception>
    IKernelNamespace OpenPod(string netnsPath);
}
