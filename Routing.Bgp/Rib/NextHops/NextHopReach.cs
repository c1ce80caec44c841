using System.Collections.Immutable;
using System.Net;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>How a next hop is reached.</summary>
/// <param name="IsReachable">False when no route leads to it.</param>
/// <param name="Cost">The interior cost (RFC 4271 §9.1.2.2 e).</param>
/// <param name="Gateways">The routers on a link of ours that lead to it; empty when it is on a link itself.</param>
internal sealed record NextHopReach(bool IsReachable, uint Cost, ImmutableArray<IPAddress> Gateways)
{
    /// <summary>On a link of ours, or nobody says otherwise.</summary>
    public static NextHopReach OnLink { get; } = new(true, 0, []);

    /// <summary>Nothing leads there.</summary>
    public static NextHopReach Unreachable { get; } = new(false, uint.MaxValue, []);

    /// <summary>By value, also over the gateways.</summary>
    public bool Equals(NextHopReach? other) =>
        other is not null && IsReachable == other.IsReachable && Cost == other.Cost && Gateways.SequenceEqual(other.Gateways);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsReachable, Cost, Gateways.Length);
}
