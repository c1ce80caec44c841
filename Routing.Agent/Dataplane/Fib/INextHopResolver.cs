using System.Collections.Immutable;
using System.Net;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Says how a prefix is reached through the routers that BGP names. Encapsulation (DESIGN.md §10) is another
/// resolver: it turns "prefix via node" into a tunnel device.</summary>
internal interface INextHopResolver
{
    /// <summary>The ways to install; empty when there is none, and then no route is installed.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="nextHops">The routers.</param>
    /// <param name="weights">Their shares; empty when they share alike.</param>
    ImmutableArray<RouteNextHop> Resolve(
        Prefix prefix, ImmutableArray<IPAddress> nextHops, ImmutableArray<int> weights);
}
