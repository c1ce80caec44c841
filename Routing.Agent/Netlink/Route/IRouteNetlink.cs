namespace Routing.Agent.Netlink.Route;

/// <summary>rtnetlink in one network namespace: the one the socket was opened in, whatever thread calls. Requests are
/// synchronous: each returns after the kernel's acknowledgement. Not thread-safe; an owner has its own.</summary>
/// <remarks>Single changes with exceptions are in <see cref="RouteNetlinkChanges"/>. A list throws
/// <see cref="NetlinkException"/> when the kernel refuses it.</remarks>
public interface IRouteNetlink : IDisposable
{
    /// <summary>All links of the namespace.</summary>
    IReadOnlyList<Link> ListLinks();

    /// <summary>The link of this name, or null.</summary>
    Link? FindLink(string name);

    /// <summary>Addresses of one interface, or of all.</summary>
    IReadOnlyList<InterfaceAddress> ListAddresses(int? ifIndex = null);

    /// <summary>Routes that match the filter; the kernel filters where it can.</summary>
    IReadOnlyList<RouteEntry> ListRoutes(RouteFilter filter);

    /// <summary>Neighbour entries of one interface, or of all.</summary>
    IReadOnlyList<Neighbour> ListNeighbours(int? ifIndex = null);

    /// <summary>Routing policy rules of both families.</summary>
    IReadOnlyList<RoutingRule> ListRules();

    /// <summary>Creates a veth pair whose peer is born inside another namespace (never moved: a move costs an RCU grace
    /// period), and returns the near side. Its <see cref="Link.PeerIfIndex"/> is the far side's index over
    /// there.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    Link CreateVeth(VethSpec spec);

    /// <summary>Makes changes in order, in as few system calls as possible. One that is refused does not stop the
    /// others.
    /// </summary>
    /// <returns>The outcome of each change.</returns>
    /// <exception cref="NetlinkException">The socket failed; which changes were made is unknown.</exception>
    IReadOnlyList<RouteOutcome> Apply(IReadOnlyList<RouteChange> changes);
}
