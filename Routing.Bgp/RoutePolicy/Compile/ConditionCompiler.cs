using System.Buffers.Binary;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>Compiles the conditions of a rule, all but the prefix.</summary>
internal static class ConditionCompiler
{
    /// <summary>Expressions run as one automaton where all of them do not fit into one.</summary>
    private const int PatternsTogether = 16;

    /// <summary>The checks, cheap ones first.</summary>
    public static IEnumerable<RouteConditionCheck> Compile(RouteMatch match)
    {
        foreach (var check in Scope(match).Concat(Numbers(match)))
        {
            yield return check;
        }

        if (!match.NextHops.IsEmpty)
        {
            yield return NextHop(match.NextHops);
        }

        foreach (var check in match.AsPath is { } asPath ? AsPath(asPath) : [])
        {
            yield return check;
        }

        if (match.Communities is { } communities)
        {
            yield return Communities(communities);
        }
    }

    /// <summary>True when an interface's name fits a pattern in which "*" stands for any characters.</summary>
    public static bool MatchesName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(name);
        }

        if (!name.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        for (var i = star; i <= name.Length; i++)
        {
            if (MatchesName(pattern[(star + 1)..], name[i..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a route of a source is meant.</summary>
    public static bool Includes(RouteSource wanted, RouteSource source) =>
        wanted == source || (wanted == RouteSource.RemotePeers && source != RouteSource.Local);

    private static IEnumerable<RouteConditionCheck> Scope(RouteMatch match)
    {
        if (match.PeerKind is { } kind)
        {
            yield return (in RouteView route) => route.Scope.PeerKind == kind;
        }

        if (match.Source is { } source)
        {
            yield return (in RouteView route) => Includes(source, route.Scope.Source);
        }

        if (match.Interface is { } name)
        {
            yield return (in RouteView route) => route.Scope.Interface is { } actual && MatchesName(name, actual);
        }

        if (!match.OriginValidation.IsEmpty)
        {
            var states = match.OriginValidation.Items;
            yield return (in RouteView route) => states.Contains(route.OriginValidity);
        }

        if (!match.PathVerification.IsEmpty)
        {
            var states = match.PathVerification.Items;
            yield return (in RouteView route) => states.Contains(route.PathValidity);
        }
    }

    private static IEnumerable<RouteConditionCheck> Numbers(RouteMatch match)
    {
        if (match.Med is { } med)
        {
            yield return (in RouteView route) => med.Contains(route.Med);
        }

        if (match.LocalPref is { } localPref)
        {
            yield return (in RouteView route) => localPref.Contains(route.LocalPref);
        }

        if (!match.Origins.IsEmpty)
        {
            var origins = match.Origins.Items;
            yield return (in RouteView route) => origins.Contains((RouteOrigin)route.Origin);
        }

        if (match.Priority is { } priority)
        {
            yield return (in RouteView route) => route.Local.PriorityOrNull is { } value && priority.Contains(value);
        }
    }

    private static RouteConditionCheck NextHop(Sequence<Prefix> prefixes)
    {
        // A next hop is an address of either family (RFC 8950), so its own length says which.
        var classifiers = new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast }.Select(each => new PrefixClassifier(
            each, [[.. prefixes.Select(PrefixRange.OrLonger)]])).ToArray();
        return (in RouteView route) =>
        {
            if (route.NextHop.Length < sizeof(uint))
            {
                return false;
            }

            var isIPv4 = route.NextHop.Length == sizeof(uint);
            var address = isIPv4
                ? Prefix.Create(AfiSafi.IPv4Unicast, BinaryPrimitives.ReadUInt32BigEndian(route.NextHop), 32)
                : Prefix.Create(AfiSafi.IPv6Unicast, BinaryPrimitives.ReadUInt128BigEndian(route.NextHop), 128);
            return classifiers[isIPv4 ? 0 : 1].ClassOf(address) != 0;
        };
    }

    private static IEnumerable<RouteConditionCheck> AsPath(AsPathCondition condition)
    {
        if (condition.Length is { } length)
        {
            yield return (in RouteView route) => length.Contains((uint)Wire.Attributes.AsPath.Length(route.AsPath));
        }

        if (!condition.NeighborAsns.IsEmpty)
        {
            var asns = Ranges(condition.NeighborAsns);
            yield return (in RouteView route) =>
                Wire.Attributes.AsPath.NeighbourAsn(route.AsPath) is var asn && asn != 0 && asns.Contains(asn);
        }

        if (!condition.OriginAsns.IsEmpty)
        {
            var asns = Ranges(condition.OriginAsns);
            yield return (in RouteView route) =>
                Wire.Attributes.AsPath.OriginAsn(route.AsPath) is var asn && asn != 0 && asns.Contains(asn);
        }

        if (!condition.Prefix.IsEmpty)
        {
            var prefix = condition.Prefix.Items;
            yield return (in RouteView route) => BeginsWith(route.AsPath, prefix.AsSpan());
        }

        if (!condition.Patterns.IsEmpty)
        {
            var all = condition.Patterns.ToArray();
            AsPathAutomaton[] automata = [.. Together(all) is { } one ? [one] : all.Chunk(PatternsTogether).SelectMany(Automata)];
            yield return (in RouteView route) =>
            {
                foreach (var automaton in automata)
                {
                    if (automaton.Matches(route.AsPath))
                    {
                        return true;
                    }
                }

                return false;
            };
        }
    }

    private static IEnumerable<AsPathAutomaton> Automata(AsPathPattern[] patterns) =>
        Together(patterns) is { } one ? [one] : patterns.Select(pattern => pattern.Automaton);

    private static AsPathAutomaton? Together(AsPathPattern[] patterns) => patterns.Length == 1
        ? patterns[0].Automaton
        : AsPathAutomaton.TryBuild(new AsPathNode.Alternation([.. patterns.Select(pattern => pattern.Root)]));

    private static SortedRanges<uint> Ranges(Sequence<ValueRange> ranges) =>
        new(ranges.Select(range => (range.Least, range.Greatest)));

    private static bool BeginsWith(ReadOnlySpan<byte> path, ReadOnlySpan<uint> prefix)
    {
        var matched = 0;
        var cursor = new AsPathCursor(path);
        while (matched < prefix.Length && cursor.TryRead(out var segment))
        {
            for (var i = 0; i < segment.Count && matched < prefix.Length; i++)
            {
                if (segment[i] != prefix[matched++])
                {
                    return false;
                }
            }
        }

        return matched == prefix.Length;
    }

    private static RouteConditionCheck Communities(CommunityCondition condition)
    {
        if (condition.Quantifier == CommunityQuantifier.All)
        {
            var each = condition.Patterns.Select(pattern => AnyOf([pattern])).ToArray();
            return (in RouteView route) =>
            {
                foreach (var check in each)
                {
                    if (!check(route))
                    {
                        return false;
                    }
                }

                return true;
            };
        }

        var any = AnyOf(condition.Patterns);
        return condition.Quantifier == CommunityQuantifier.Any ? any : (in RouteView route) => !any(route);
    }

    private static RouteConditionCheck AnyOf(Sequence<CommunityPattern> patterns)
    {
        var standard = new CommunityMatcher(CommunityKind.Standard, patterns);
        var extended = new CommunityMatcher(CommunityKind.Extended, patterns);
        var large = new CommunityMatcher(CommunityKind.Large, patterns);
        return (in RouteView route) =>
            (!standard.IsEmpty && standard.MatchesAny(route.Communities))
            || (!large.IsEmpty && large.MatchesAny(route.LargeCommunities))
            || (!extended.IsEmpty && extended.MatchesAny(route.ExtendedCommunities));
    }
}
