using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Compares a route's prefix with a set.</summary>
/// <param name="Ranges">The set.</param>
/// <param name="IsNegated">True to match what is not in the set.</param>
/// <param name="Name">The set's name; null for one that stands in the rule.</param>
public sealed record PrefixCondition(Sequence<PrefixRange> Ranges, bool IsNegated = false, string? Name = null)
{
    /// <summary>Matches one prefix.</summary>
    public static PrefixCondition Exactly(Prefix prefix) => new([PrefixRange.Exactly(prefix)]);

    /// <summary>Matches a prefix and all inside it.</summary>
    public static PrefixCondition In(Prefix prefix) => new([PrefixRange.OrLonger(prefix)]);
}
