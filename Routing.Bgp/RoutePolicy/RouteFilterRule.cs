using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy;

/// <summary>One rule of a <see cref="RouteFilter"/>.</summary>
/// <param name="Accept">The verdict.</param>
/// <param name="Match">How <paramref name="Cidr"/> is compared.</param>
/// <param name="Cidr">The prefix compared with; null matches every route.</param>
/// <param name="MinLength">Shortest prefix that matches, inclusive; null is no bound.</param>
/// <param name="MaxLength">Longest prefix that matches, inclusive; null is no bound.</param>
/// <param name="Family">Only routes of this family match; null is any.</param>
public sealed record RouteFilterRule(
    bool Accept,
    PrefixMatch Match = PrefixMatch.Any,
    Prefix? Cidr = null,
    int? MinLength = null,
    int? MaxLength = null,
    AfiSafi? Family = null)
{
    /// <summary>True when the rule decides about the route.</summary>
    public bool Matches(Prefix prefix)
    {
        if (Family is { } family && family != prefix.Family)
        {
            return false;
        }

        if (prefix.Length < (MinLength ?? 0) || prefix.Length > (MaxLength ?? 128))
        {
            return false;
        }

        return Cidr is not { } cidr || Match switch
        {
            PrefixMatch.Equal => cidr == prefix,
            PrefixMatch.NotEqual => cidr != prefix,
            PrefixMatch.In => cidr.Contains(prefix),
            PrefixMatch.NotIn => !cidr.Contains(prefix),
            _ => true,
        };
    }
}
