using System.Diagnostics;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>Operations on plain values.</summary>
internal static class ReferenceOperations
{
    /// <summary>The route after an operation.</summary>
    public static PolicyRoute Apply(PolicyRoute route, RouteOperation operation) => operation switch
    {
        RouteOperation.AddCommunities add => Communities(route, route.Communities.Union(add.Values)),
        RouteOperation.DeleteCommunities delete => Communities(
            route, route.Communities.Where(community => !delete.Patterns.Any(pattern => pattern.Matches(community)))),
        RouteOperation.SetCommunities set => Communities(
            route,
            route.Communities.Where(community => set.Values.All(value => value.Kind != community.Kind)).Concat(set.Values.Distinct())),
        RouteOperation.SetLocalPref set => route with { LocalPref = set.Value },
        RouteOperation.AddLocalPref add => route with { LocalPref = Add(route.LocalPref ?? 100, add.Change) },
        RouteOperation.SetMed set => route with { Med = set.Value, SendsMed = route.Scope.IsExport },
        RouteOperation.AddMed add => route with { Med = Add(route.Med ?? 0, add.Change), SendsMed = route.Scope.IsExport },
        RouteOperation.RemoveMed => route with { Med = null, SendsMed = false },
        RouteOperation.SetOrigin set => route with { Origin = set.Value },
        RouteOperation.PrependAsPath prepend => Prepend(route, prepend.Prefix),
        RouteOperation.PrependOwnAs prepend => Prepend(route, Enumerable.Repeat(route.Scope.OwnAsn, prepend.Count)),
        RouteOperation.SetNextHop set => Prefix.FamilyOf(set.Value) == route.Scope.Family
            ? NextHop(route, Prefix.ToInteger(set.Value))
            : route,
        RouteOperation.SetNextHopSelf => NextHop(route, route.Scope.OwnAddress),
        RouteOperation.SetNextHopPeer => NextHop(route, route.Scope.PeerAddress),
        RouteOperation.KeepNextHop => route with { KeepsNextHop = route.Scope.IsExport },
        RouteOperation.SetAigp set => route with { Aigp = set.Value },
        RouteOperation.RemoveAigp => route with { Aigp = null },
        RouteOperation.SetWeight set => route with { Weight = set.Value },
        RouteOperation.SetPriority set => route with { Priority = set.Value },
        _ => throw new UnreachableException(),
    };

    private static uint Add(uint value, long change) => (uint)Math.Clamp(value + change, uint.MinValue, uint.MaxValue);

    /// <summary>In the order in which attributes stand; inside a kind the order stays.</summary>
    private static PolicyRoute Communities(PolicyRoute route, IEnumerable<CommunityValue> communities) =>
        route with { Communities = [.. communities.OrderBy(community => community.Kind)] };

    private static PolicyRoute Prepend(PolicyRoute route, IEnumerable<uint> prefix)
    {
        var segments = route.AsPath.ToList();
        foreach (var asn in prefix.Reverse())
        {
            // RFC 4271 §5.1.2: into the first sequence while it has room.
            if (segments is [{ Type: AsPathSegmentType.Sequence, Asns.Count: < 255 } first, ..])
            {
                segments[0] = first with { Asns = [asn, .. first.Asns] };
            }
            else
            {
                segments.Insert(0, new PolicyPathSegment(AsPathSegmentType.Sequence, [asn]));
            }
        }

        return route with { AsPath = [.. segments] };
    }

    private static PolicyRoute NextHop(PolicyRoute route, UInt128 address) => address == 0 ? route : route with
    {
        NextHop = address,
        NextHopIsIPv6 = route.Scope.Family == AfiSafi.IPv6Unicast,
        KeepsNextHop = route.Scope.IsExport,
    };
}
