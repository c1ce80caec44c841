using System.Net;

namespace Routing.Agent.Netlink.Route;

/// <summary>A routing policy rule (RTM_NEWRULE): packets that match look in the table.</summary>
/// <param name="IPv6">Family.</param>
/// <param name="Priority">Order; smaller is earlier.</param>
/// <param name="Table">Table to look in.</param>
/// <param name="Source">Source prefix, or null for any.</param>
/// <param name="Destination">Destination prefix, or null for any.</param>
/// <param name="Mark">Firewall mark, or null.</param>
/// <param name="Protocol">Owner (FRA_PROTOCOL).</param>
public sealed record RoutingRule(
    bool IPv6, uint Priority, uint Table, IPNetwork? Source = null, IPNetwork? Destination = null, uint? Mark = null,
    byte Protocol = RouteProtocol.Routing);
