using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>What a well-formed AS_PATH must be beside well formed, on this session.</summary>
internal static class AsPathRules
{
    /// <summary>Why the path cannot stand; null when it can. Whatever it is, the routes are treated as withdrawn.</summary>
    public static string? WhyRefused(ReadOnlySpan<byte> path, UpdateContext context)
    {
        var (rules, asnOctets) = (context.Rules, context.FourOctetAsn ? 4 : 2);
        var isFirst = true;
        var cursor = new AsPathCursor(path, asnOctets);
        while (cursor.TryRead(out var segment))
        {
            if (IsSet(segment.Type) && !rules.AcceptsAsSets)
            {
                return "AS_PATH has an AS_SET"; // RFC 9774 §3
            }

            if (isFirst && !IsFirst(segment, rules, asnOctets))
            {
                return "AS_PATH does not begin with the peer's AS";
            }

            isFirst = false;
        }

        var isOwed = rules.IsOtherMember || rules.FirstAsn != 0;
        return isFirst && isOwed ? "AS_PATH is empty and should begin with the peer's AS" : null;
    }

    /// <summary>True when an AS4_PATH has what RFC 9774 §3 forbids there too.</summary>
    public static bool HasSet(ReadOnlySpan<byte> as4Path)
    {
        var cursor = new AsPathCursor(as4Path);
        while (cursor.TryRead(out var segment))
        {
            if (IsSet(segment.Type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 5065 §5 for the segment's type; RFC 4271 §6.3 for the number, AS_TRANS standing for one of four octets
    /// (RFC 6793 §4.2.2).</summary>
    private static bool IsFirst(AsPathSegment segment, UpdateRules rules, int asnOctets)
    {
        if (rules.IsOtherMember && segment.Type != AsPathSegmentType.ConfedSequence)
        {
            return false;
        }

        // A segment without numbers is malformed (RFC 7606 §7.2), and was found so before; it begins with nobody's.
        var expected = asnOctets == 2 && rules.FirstAsn > ushort.MaxValue ? AsPath.AsTrans : rules.FirstAsn;
        return expected == 0
            || (segment.Type is AsPathSegmentType.Sequence or AsPathSegmentType.ConfedSequence
                && segment.Count > 0 && segment[0] == expected);
    }

    private static bool IsSet(AsPathSegmentType type) => type is AsPathSegmentType.Set or AsPathSegmentType.ConfedSet;
}
