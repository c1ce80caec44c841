using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>The best paths of a prefix after a decision.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="NextHops">Next hops of the best path and of those equal to it, in a stable order; empty when the prefix is
/// gone or the best path is our own.</param>
/// <param name="IsLocal">True when the best path is one we originate.</param>
public readonly record struct BestPathChange(Prefix Prefix, ImmutableArray<IPAddress> NextHops, bool IsLocal)
{
    /// <summary>Shares of the next hops, one for each, 1 to 100; empty when they share alike.</summary>
    public ImmutableArray<int> Weights { get; init; } = [];

    /// <summary>Packets to the prefix are to be dropped: the best path has BLACKHOLE and its peer may ask for that
    /// (RFC 7999).</summary>
    public bool IsBlackhole { get; init; }

    /// <summary>Metric for the kernel route that an import policy set; null when none did.</summary>
    public uint? Metric { get; init; }
}
