using Routing.Agent.Namespaces;

namespace Routing.Agent.Attachments;

/// <summary>The real kernel.</summary>
public sealed class PodKernel : IPodKernel
{
    /// <inheritdoc/>
    public IKernelNamespace OpenHost() => new KernelNamespace(NetworkNamespace.OpenCurrent(), isOurs: true);

    /// <inheritdoc/>
    public IKernelNamespace OpenPod(string netnsPath) => new KernelNamespace(NetnsPath.Open(netnsPath), isOurs: false);
}
