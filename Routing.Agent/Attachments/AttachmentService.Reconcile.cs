using System.Net;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

public sealed partial class AttachmentService
{
    private readonly Lock _orphanLock = new();
    private readonly Dictionary<string, IPAddress[]> _orphans = []; // by host interface

    /// <summary>Lets the node forward, and brings records and kernel together; once, at the start and before anything
    /// is attached. Synchronous.</summary>
    /// <remarks>
    /// Record and interface: the pod keeps what it has. Record without interface: its namespace ended, the record goes.
    /// Half-made record: nobody was told of it, interface and record go. Interface without record: its pod may be
    /// alive, so it stays and its addresses are not given out; it goes only when its alias proves that we made it and
    /// it never came up.
    /// </remarks>
    /// <exception cref="Netlink.NetlinkException">The kernel cannot be read.</exception>
    public void Reconcile()
    {
        foreach (var problem in _store.Problems)
        {
            LogUnreadable(problem);
        }

        using var host = _kernel.OpenHost();
        host.Run((netlink, sysctls) =>
        {
            foreach (var setting in NodeForwarding.Ensure(netlink, sysctls))
            {
                LogForwarding(setting);
            }

            foreach (var name in _store.Interrupted)
            {
                LogInterrupted(name, netlink.DeleteLink(name));
                _store.Forget(name);
            }

            var links = netlink.ListLinks()
                .Where(link => link.Name.StartsWith(AttachmentKey.InterfacePrefix, StringComparison.Ordinal))
                .ToDictionary(link => link.Name);
            foreach (var attachment in _store.Attachments)
            {
                if (links.Remove(attachment.HostInterface))
                {
                    _ipam.Claim(attachment.Addresses);
                    continue;
                }

                LogGone(attachment.Pod.ToString(), attachment.Key.ContainerId, attachment.HostInterface);
                _store.Remove(attachment.Key);
            }

            AdoptOrphans(netlink, [.. links.Values]);
            return true;
        });
    }

    private void AdoptOrphans(IRouteNetlink netlink, Link[] links)
    {
        if (links.Length == 0)
        {
            return;
        }

        var routes = netlink.ListRoutes(new RouteFilter(RouteProtocol.RoutingPod));
        foreach (var link in links)
        {
            if (!link.IsUp && WiringPlan.IsProvenOurs(link))
            {
                LogDeadInterface(link.Name, link.Alias!);
                netlink.DeleteLink(link.Name);
                continue;
            }

            var addresses = routes.Where(route => route.NextHops.Any(hop => hop.IfIndex == link.IfIndex))
                .Select(route => route.Destination.BaseAddress).ToArray();
            LogOrphan(link.Name, link.Alias ?? "", string.Join(' ', addresses.AsEnumerable()));
            _ipam.Claim(addresses);
            lock (_orphanLock)
            {
                _orphans[link.Name] = addresses;
            }
        }
    }

    private IPAddress[]? TakeOrphan(string hostInterface)
    {
        lock (_orphanLock)
        {
            return _orphans.Remove(hostInterface, out var addresses) ? addresses : null;
        }
    }
}
