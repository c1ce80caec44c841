using Routing.Agent.Namespaces;

namespace Routing.Agent.Attachments;

/// <summary>The real kernel.</summary>
/// <param name="nodeNetnsPath">The node's namespace; null for the one the agent runs in.</param>
public sealed class PodKernel(string? nodeNetnsPath = null) : IPodKernel
{
    /// <inheritdoc/>
    public bool HasIPv6 { get; } = Directory.Exists("/proc/sys/net/ipv6");

    /// <inheritdoc/>
    public IKernelNamespace OpenHost() => nodeNetnsPath is null
        ? new KernelNamespace(NetworkNamespace.OpenCurrent(), isOurs: true)
        : new KernelNamespace(NetworkNamespace.OpenPath(nodeNetnsPath), isOurs: false);

    /// <inheritdoc/>
    public IKernelNamespace OpenPod(string netnsPath) => new KernelNamespace(NetnsPath.Open(netnsPath), isOurs: false);
}
