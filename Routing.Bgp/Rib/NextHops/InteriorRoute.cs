using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>A route that is not BGP's and by which next hops can be reached: of an interface, static, or of an interior
/// protocol (RFC 4271 §9.1.2.1).</summary>
/// <param name="Prefix">Where it leads.</param>
/// <param name="Cost">The interior cost; among routes to one prefix, and among next hops, the lower is better.</param>
/// <param name="Gateways">The routers to go through, a link-local one with its interface as scope; empty for addresses on a
/// link of ours.</param>
/// <param name="IsReachable">False for a route that refuses (unreachable, prohibit, blackhole): nothing inside it is
/// reached, unless by a longer one.</param>
public sealed record InteriorRoute(Prefix Prefix, uint Cost, ImmutableArray<IPAddress> Gateways, bool IsReachable = true)
{
    /// <summary>By value, also over the gateways.</summary>
    public bool Equals(InteriorRoute? other) =>
        other is not null && Prefix == other.Prefix && Cost == other.Cost && IsReachable == other.IsReachable
        && Gateways.SequenceEqual(other.Gateways);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Prefix, Cost, Gateways.Length, IsReachable);
}
