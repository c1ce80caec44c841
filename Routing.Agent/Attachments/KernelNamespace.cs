using Microsoft.Win32.SafeHandles;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>A namespace of the real kernel.</summary>
/// <param name="inside">The namespace; disposed with this.</param>
/// <param name="isOurs">Whether every thread of the agent is in it already.</param>
internal sealed class KernelNamespace(NetworkNamespace inside, bool isOurs) : IKernelNamespace, ISysctls
{
    /// <inheritdoc/>
    public SafeFileHandle Handle => inside.Handle;

    /// <inheritdoc/>
    public T Run<T>(Func<IRouteNetlink, ISysctls, T> work)
    {
        return isOurs ? Work() : KernelThreads.IsCurrent ? inside.RunHere(Work) : inside.Run(Work);

        T Work()
        {
            using var netlink = RouteNetlink.Open();
            return work(netlink, this);
        }
    }

    /// <inheritdoc/>
    public void Write(string key, string value) => Sysctl.Write(key, value);

    /// <inheritdoc/>
    public string? Read(string key)
    {
        try
        {
            return Sysctl.Read(key);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => inside.Dispose();
}
