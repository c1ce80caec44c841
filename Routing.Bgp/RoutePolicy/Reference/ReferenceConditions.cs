using System.Text.RegularExpressions;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>Conditions over plain values.</summary>
internal static class ReferenceConditions
{
    /// <summary>True when all hold.</summary>
    public static bool Hold(RouteMatch match, PolicyRoute route) =>
        Prefix(match.Prefix, route.Prefix)
        && (match.PeerKind is null || match.PeerKind == route.Scope.PeerKind)
        && Source(match.Source, route.Scope.Source)
        && Interface(match.Interface, route.Scope.Interface)
        && (match.Communities is null || Communities(match.Communities, route))
        && (match.AsPath is null || AsPath(match.AsPath, route))
        && (match.NextHops.IsEmpty || match.NextHops.Any(prefix => NextHop(prefix, route)))
        && (match.Med?.Contains(route.Med ?? 0) ?? true)
        && (match.LocalPref?.Contains(route.LocalPref ?? 100) ?? true)
        && (match.Origins.IsEmpty || match.Origins.Contains(route.Origin))
        && (match.Priority is not { } priority || (route.Priority is { } metric && priority.Contains(metric)))
        && (match.OriginValidation.IsEmpty || match.OriginValidation.Contains(route.OriginValidity))
        && (match.PathVerification.IsEmpty || match.PathVerification.Contains(route.PathValidity));

    private static bool Prefix(PrefixCondition? condition, Prefix prefix) =>
        condition is null || condition.Ranges.Any(range => range.Contains(prefix)) != condition.IsNegated;

    private static bool Source(RouteSource? wanted, RouteSource source) => wanted switch
    {
        null => true,
        RouteSource.RemotePeers => source != RouteSource.Local,
        _ => wanted == source,
    };

    private static bool Interface(string? pattern, string? name) => pattern is null || (name is not null
        && Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}\\z"));

    private static bool Communities(CommunityCondition condition, PolicyRoute route)
    {
        bool Meets(CommunityPattern pattern) => route.Communities.Any(pattern.Matches);
        return condition.Quantifier switch
        {
            CommunityQuantifier.Any => condition.Patterns.Any(Meets),
            CommunityQuantifier.All => condition.Patterns.All(Meets),
            _ => !condition.Patterns.Any(Meets),
        };
    }

    private static bool AsPath(AsPathCondition condition, PolicyRoute route)
    {
        // Confederation segments are inside our own AS as seen from elsewhere (RFC 5065 §5.3).
        var outside = route.AsPath
            .Where(segment => segment.Type is AsPathSegmentType.Sequence or AsPathSegmentType.Set && segment.Asns.Count > 0)
            .ToList();
        var length = outside.Sum(segment => segment.Type == AsPathSegmentType.Set ? 1 : segment.Asns.Count);
        uint? neighbor = outside is [{ Type: AsPathSegmentType.Sequence } first, ..] ? first.Asns[0] : null;
        uint? origin = route.AsPath.Items is [.., { Type: AsPathSegmentType.Sequence } last] && last.Asns.Count > 0
            ? last.Asns[^1]
            : null;
        return (condition.Length?.Contains((uint)length) ?? true)
            && IsIn(condition.NeighborAsns, neighbor)
            && IsIn(condition.OriginAsns, origin)
            && route.Asns.Take(condition.Prefix.Count).SequenceEqual(condition.Prefix)
            && (condition.Patterns.IsEmpty || condition.Patterns.Any(pattern => ReferenceExpression.Matches(pattern.Root, route.Asns)));
    }

    private static bool IsIn(Sequence<ValueRange> ranges, uint? asn) =>
        ranges.IsEmpty || (asn is { } number && number != 0 && ranges.Any(range => range.Contains(number)));

    private static bool NextHop(Prefix prefix, PolicyRoute route)
    {
        if (route.NextHop is not { } address)
        {
            return false;
        }

        var family = route.NextHopIsIPv6 ? AfiSafi.IPv6Unicast : AfiSafi.IPv4Unicast;
        return prefix.Contains(Wire.Nlri.Prefix.Create(family, address, route.NextHopIsIPv6 ? 128 : 32));
    }
}
