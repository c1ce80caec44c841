using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using static Routing.Bgp.Wire.Iana.AttributeFlags;
using static Routing.Bgp.Wire.Updates.UpdateOutcome;

namespace Routing.Bgp.Wire.Updates;

/// <summary>The path attributes this speaker knows. To add one, add a row; if its octets differ between peers, also a
/// case in <see cref="CanonicalAttributes"/>.</summary>
internal static class PathAttributeTable
{
    private const AttributeFlags WellKnown = Transitive;
    private const AttributeFlags OptionalTransitive = Optional | Transitive;

    // The last column: means something from internal peers only.
    private static readonly PathAttributeRow?[] Rows = Build(
    [
        new(AttributeType.Origin, "ORIGIN", WellKnown, TreatAsWithdraw, CheckOrigin),
        new(AttributeType.AsPath, "AS_PATH", WellKnown, TreatAsWithdraw, CheckAsPath),
        new(AttributeType.NextHop, "NEXT_HOP", WellKnown, TreatAsWithdraw, CheckNextHop),
        new(AttributeType.MultiExitDisc, "MULTI_EXIT_DISC", Optional, TreatAsWithdraw, CheckFourOctets),
        new(AttributeType.LocalPref, "LOCAL_PREF", WellKnown, TreatAsWithdraw, CheckFourOctets, true),
        new(AttributeType.AtomicAggregate, "ATOMIC_AGGREGATE", WellKnown, AttributeDiscard, CheckEmpty),
        new(AttributeType.Aggregator, "AGGREGATOR", OptionalTransitive, AttributeDiscard, CheckAggregator),
        new(AttributeType.Communities, "COMMUNITIES", OptionalTransitive, TreatAsWithdraw, CheckOf4),
        new(AttributeType.OriginatorId, "ORIGINATOR_ID", Optional, TreatAsWithdraw, CheckFourOctets, true),
        new(AttributeType.ClusterList, "CLUSTER_LIST", Optional, TreatAsWithdraw, CheckOf4, true),
        new(AttributeType.MpReachNlri, "MP_REACH_NLRI", Optional, SessionReset, CheckReach),
        new(AttributeType.MpUnreachNlri, "MP_UNREACH_NLRI", Optional, SessionReset, CheckUnreach),
        new(AttributeType.ExtendedCommunities, "EXTENDED COMMUNITIES", OptionalTransitive, TreatAsWithdraw, CheckOf8),
        new(AttributeType.As4Path, "AS4_PATH", OptionalTransitive, AttributeDiscard, CheckAs4Path),
        new(AttributeType.As4Aggregator, "AS4_AGGREGATOR", OptionalTransitive, AttributeDiscard, CheckAs4Aggregator),
        new(AttributeType.IPv6ExtendedCommunities, "IPV6 EXTENDED COMMUNITIES", OptionalTransitive, TreatAsWithdraw, CheckOf20),

        // RFC 7311 §3: a malformed one, also one with the transitive bit, is taken as if it had not come.
        new(AttributeType.Aigp, "AIGP", Optional, AttributeDiscard, CheckAigp, WhenFlagsAreWrong: AttributeDiscard),
        new(AttributeType.LargeCommunities, "LARGE_COMMUNITY", OptionalTransitive, TreatAsWithdraw, CheckOf12),
        new(AttributeType.OnlyToCustomer, "ONLY_TO_CUSTOMER", OptionalTransitive, TreatAsWithdraw, CheckFourOctets),
    ]);

    /// <summary>The row of a type; null when this speaker does not know it.</summary>
    public static PathAttributeRow? Find(AttributeType type) => Rows[(int)type];

    private static PathAttributeRow?[] Build(ReadOnlySpan<PathAttributeRow> rows)
    {
        var byType = new PathAttributeRow?[256];
        foreach (var row in rows)
        {
            byType[(int)row.Type] = row;
        }

        return byType;
    }

    // RFC 7606 §7.1.
    private static UpdateErrorSubcode? CheckOrigin(ReadOnlySpan<byte> value, UpdateContext context) => value switch
    {
        { Length: not 1 } => UpdateErrorSubcode.AttributeLengthError,
        [<= 2] => null, // IGP, EGP, INCOMPLETE
        _ => UpdateErrorSubcode.InvalidOrigin,
    };

    // RFC 7606 §7.2.
    private static UpdateErrorSubcode? CheckAsPath(ReadOnlySpan<byte> value, UpdateContext context) =>
        IsAsPath(value, context.FourOctetAsn ? 4 : 2, context.Rules.IsInConfederation)
            ? null
            : UpdateErrorSubcode.MalformedAsPath;

    // RFC 7606 §7.3; RFC 4271 §6.3 for the address.
    private static UpdateErrorSubcode? CheckNextHop(ReadOnlySpan<byte> value, UpdateContext context)
    {
        if (value.Length != 4)
        {
            return UpdateErrorSubcode.AttributeLengthError;
        }

        return NextHopCheck.IsHost(value) ? null : UpdateErrorSubcode.InvalidNextHop;
    }

    // RFC 7606 §7.4 (MULTI_EXIT_DISC), §7.5 (LOCAL_PREF), §7.9 (ORIGINATOR_ID); RFC 9234 §5 (ONLY_TO_CUSTOMER).
    private static UpdateErrorSubcode? CheckFourOctets(ReadOnlySpan<byte> value, UpdateContext context) =>
        value.Length == 4 ? null : UpdateErrorSubcode.AttributeLengthError;

    // RFC 7606 §7.6.
    private static UpdateErrorSubcode? CheckEmpty(ReadOnlySpan<byte> value, UpdateContext context) =>
        value.IsEmpty ? null : UpdateErrorSubcode.AttributeLengthError;

    // RFC 7606 §7.7; RFC 7607 §2 forbids AS 0.
    private static UpdateErrorSubcode? CheckAggregator(ReadOnlySpan<byte> value, UpdateContext context)
    {
        var asnOctets = context.FourOctetAsn ? 4 : 2;
        if (value.Length != asnOctets + 4)
        {
            return UpdateErrorSubcode.AttributeLengthError;
        }

        return value[..asnOctets].ContainsAnyExcept((byte)0) ? null : UpdateErrorSubcode.OptionalAttributeError;
    }

    // RFC 7606 §7.8 (COMMUNITIES), §7.10 (CLUSTER_LIST).
    private static UpdateErrorSubcode? CheckOf4(ReadOnlySpan<byte> value, UpdateContext context) =>
        CheckMultiple(value, 4);

    // RFC 7606 §7.14.
    private static UpdateErrorSubcode? CheckOf8(ReadOnlySpan<byte> value, UpdateContext context) =>
        CheckMultiple(value, 8);

    // RFC 8092 §6.
    private static UpdateErrorSubcode? CheckOf12(ReadOnlySpan<byte> value, UpdateContext context) =>
        CheckMultiple(value, 12);

    // RFC 7606 §7.15.
    private static UpdateErrorSubcode? CheckOf20(ReadOnlySpan<byte> value, UpdateContext context) =>
        CheckMultiple(value, 20);

    // RFC 7311 §3.
    private static UpdateErrorSubcode? CheckAigp(ReadOnlySpan<byte> value, UpdateContext context) =>
        Aigp.IsWellFormed(value) ? null : UpdateErrorSubcode.OptionalAttributeError;

    private static UpdateErrorSubcode? CheckMultiple(ReadOnlySpan<byte> value, int size) =>
        value.Length > 0 && value.Length % size == 0 ? null : UpdateErrorSubcode.OptionalAttributeError;

    // RFC 7606 §7.11 and §5.3: without its NLRI nothing can be withdrawn, so the session ends.
    private static UpdateErrorSubcode? CheckReach(ReadOnlySpan<byte> value, UpdateContext context)
    {
        if (!MpReachNlri.TryRead(value, out var reach))
        {
            return UpdateErrorSubcode.OptionalAttributeError;
        }

        var isGood = !context.Carries(reach.Family)
            || (NextHopCheck.IsValidLength(reach.Family, reach.NextHop.Length, context.ExtendedNextHop)
                && context.IsWellFormed(reach.Family, reach.Nlri));
        return isGood ? null : UpdateErrorSubcode.OptionalAttributeError;
    }

    // RFC 7606 §7.12 and §5.3.
    private static UpdateErrorSubcode? CheckUnreach(ReadOnlySpan<byte> value, UpdateContext context)
    {
        var isGood = MpUnreachNlri.TryRead(value, out var unreach)
            && (!context.Carries(unreach.Family) || context.IsWellFormed(unreach.Family, unreach.Nlri));
        return isGood ? null : UpdateErrorSubcode.OptionalAttributeError;
    }

    // RFC 6793 §6.
    private static UpdateErrorSubcode? CheckAs4Path(ReadOnlySpan<byte> value, UpdateContext context) =>
        !value.IsEmpty && IsAsPath(value, 4, allowConfederation: true)
            ? null
            : UpdateErrorSubcode.OptionalAttributeError;

    // RFC 6793 §6; RFC 7607 §2.
    private static UpdateErrorSubcode? CheckAs4Aggregator(ReadOnlySpan<byte> value, UpdateContext context) =>
        value.Length == 8 && value[..4].ContainsAnyExcept((byte)0) ? null : UpdateErrorSubcode.OptionalAttributeError;

    /// <summary>Segments of a defined type, none empty, none past the end (RFC 7606 §7.2), no AS 0 (RFC 7607 §2). Segments of
    /// a confederation come from its members only (RFC 5065 §5), and in AS4_PATH, where they are passed over (RFC 6793
    /// §6).</summary>
    private static bool IsAsPath(ReadOnlySpan<byte> value, int asnOctets, bool allowConfederation)
    {
        var cursor = new AsPathCursor(value, asnOctets);
        while (cursor.TryRead(out var segment))
        {
            var isKnown = segment.Type is AsPathSegmentType.Sequence or AsPathSegmentType.Set
                || (allowConfederation
                    && segment.Type is AsPathSegmentType.ConfedSequence or AsPathSegmentType.ConfedSet);
            if (!isKnown || segment.Count == 0)
            {
                return false;
            }

            for (var i = 0; i < segment.Count; i++)
            {
                if (segment[i] == 0)
                {
                    return false;
                }
            }
        }

        return cursor.Rest.IsEmpty;
    }
}
