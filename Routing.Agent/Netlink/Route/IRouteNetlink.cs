namespace Routing.Agent.Netlink.Route;

/// <summary>rtnetlink in one network namespace: the one the socket was opened in, whatever thread calls. Requests are
/// synchronous: each returns after the kernel's acknowledgement. Not thread-safe; an owner has its own.</summary>
/// <remarks>Every method throws <see cref="NetlinkException"/> when the kernel refuses. Methods named Replace and Ensure are
/// idempotent; Delete methods return false for an object that is not there.</remarks>
public interface IRouteNetlink : IDisposable
{
    /// <summary>All links of the namespace.</summary>
    IReadOnlyList<Link> ListLinks();

    /// <summary>The link of this name, or null.</summary>
    Link? FindLink(string name);

    /// <summary>Creates a veth pair whose peer is born inside another namespace (never moved: a move costs an RCU grace
    /// period), and returns the near side.</summary>
    Link CreateVeth(VethSpec spec);

    /// <summary>Changes what is set in <paramref name="change"/>.</summary>
    void ChangeLink(int ifIndex, LinkChange change);

    /// <summary>Deletes a link (and its veth peer).</summary>
    bool DeleteLink(string name);

    /// <summary>Addresses of one interface, or of all.</summary>
    IReadOnlyList<InterfaceAddress> ListAddresses(int? ifIndex = null);

    /// <summary>Adds an address, or leaves it when it is there.</summary>
    void EnsureAddress(InterfaceAddress address);

    /// <summary>Removes an address.</summary>
    bool DeleteAddress(InterfaceAddress address);

    /// <summary>Routes that match the filter; the kernel filters where it can.</summary>
    IReadOnlyList<RouteEntry> ListRoutes(RouteFilter filter);

    /// <summary>Adds the route, or replaces the one with the same destination, table and metric.</summary>
    void ReplaceRoute(RouteEntry route);

    /// <summary>Removes the route with the same destination, table, metric and protocol.</summary>
    bool DeleteRoute(RouteEntry route);

    /// <summary>Neighbour entries of one interface, or of all.</summary>
    IReadOnlyList<Neighbour> ListNeighbours(int? ifIndex = null);

    /// <summary>Adds or replaces a permanent neighbour entry.</summary>
    void ReplaceNeighbour(Neighbour neighbour);

    /// <summary>Removes a neighbour entry.</summary>
    bool DeleteNeighbour(Neighbour neighbour);

    /// <summary>Routing policy rules of both families.</summary>
    IReadOnlyList<RoutingRule> ListRules();

    /// <summary>Adds a rule, or leaves it when it is there.</summary>
    void EnsureRule(RoutingRule rule);

    /// <summary>Removes a rule.</summary>
    bool DeleteRule(RoutingRule rule);
}
