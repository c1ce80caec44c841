using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>No encapsulation: the next hop is on a link of ours, and the kernel finds which. A link-local IPv6 next hop
/// says nothing without its interface, which the session puts into the address as its scope.</summary>
internal sealed class DirectNextHopResolver : INextHopResolver
{
    public ImmutableArray<RouteNextHop> Resolve(
        Prefix prefix, ImmutableArray<IPAddress> nextHops, ImmutableArray<int> weights)
    {
        var ways = ImmutableArray.CreateBuilder<RouteNextHop>(nextHops.Length);
        for (var i = 0; i < nextHops.Length; i++)
        {
            var nextHop = nextHops[i];
            int? scope = nextHop.AddressFamily == AddressFamily.InterNetworkV6 && nextHop.IsIPv6LinkLocal
                && nextHop.ScopeId > 0 ? (int)nextHop.ScopeId : null;
            ways.Add(new RouteNextHop(scope is null ? nextHop : new IPAddress(nextHop.GetAddressBytes()), scope)
            {
                Weight = weights.IsDefaultOrEmpty ? 1 : weights[i],
            });
        }

        return ways.ToImmutable();
    }
}
