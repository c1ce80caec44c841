using Routing.Agent.Netlink.Route;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Identity of a route in the main table: the kernel keeps routes of different metric to one destination
/// apart.</summary>
internal readonly record struct RouteKey(Prefix Prefix, uint Metric)
{
    /// <summary>The key under which we write a prefix.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="metric">What a filter has set; null for ours.</param>
    public static RouteKey Of(Prefix prefix, uint? metric = null) => new(prefix, metric ?? OwnershipPolicy.Metric);

    /// <summary>The key of a route as the kernel shows it.</summary>
    public static RouteKey Of(RouteEntry route) => new(Prefix.FromNetwork(route.Destination), route.Metric);
}
