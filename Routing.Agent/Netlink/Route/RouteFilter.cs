namespace Routing.Agent.Netlink.Route;

/// <summary>Which routes to list; null matches all.</summary>
/// <param name="Protocol">Owner.</param>
/// <param name="Table">Table; 254 is main.</param>
/// <param name="IPv6">Family; null for both.</param>
public sealed record RouteFilter(byte? Protocol = null, uint? Table = null, bool? IPv6 = null);
