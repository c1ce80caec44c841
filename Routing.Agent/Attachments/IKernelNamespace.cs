using Microsoft.Win32.SafeHandles;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>An open network namespace as wiring sees it.</summary>
public interface IKernelNamespace : IDisposable
{
    /// <summary>The namespace file, for a veth whose far side is born in it.</summary>
    SafeFileHandle Handle { get; }

    /// <summary>Does synchronous work inside, with a netlink socket that lives as long as the work.</summary>
    T Run<T>(Func<IRouteNetlink, ISysctls, T> work);
}
