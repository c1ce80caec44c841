namespace Routing.Agent.Attachments;

/// <summary>The kernel as wiring sees it: this node's namespace and its pods'. Thread-safe.</summary>
public interface IPodKernel
{
    /// <summary>The namespace the agent runs in.</summary>
    IKernelNamespace OpenHost();

    /// <summary>A container's namespace.</summary>
    /// <exception cref="InvalidNamespaceException">The path leads to none, or to the host's own.</exception>
    IKernelNamespace OpenPod(string netnsPath);
}
