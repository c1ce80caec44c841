using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Judges an UPDATE by RFC 7606: the mildest outcome the RFC allows, and the NOTIFICATION of RFC 4271 §6.3
/// when even that is a session reset. One per session; used for one UPDATE at a time.</summary>
internal sealed class UpdateValidator(UpdateContext context)
{
    private UpdateOutcome _outcome;
    private DecodeError? _error;
    private int _unknown;

    /// <summary>Judges an UPDATE and takes out of the index what must not go further: attributes to discard, unknown
    /// non-transitive ones (RFC 4271 §5), and MP_REACH_NLRI or MP_UNREACH_NLRI of families that were not
    /// negotiated.</summary>
    /// <param name="index">Filled from the sections' attributes.</param>
    /// <param name="error">The severest error, the first among equals; null when the outcome is Accept.</param>
    public UpdateOutcome Judge(in UpdateSections sections, AttributeIndex index, out DecodeError? error)
    {
        _outcome = UpdateOutcome.Accept;
        _error = null;
        _unknown = 0;
        var mayHideNlri = MayHideNlri(sections, index);
        JudgeList(sections, index);
        for (var i = 0; i < index.Entries.Length;)
        {
            if (Keeps(index.Entries[i], sections.Attributes))
            {
                i++;
            }
            else
            {
                index.RemoveAt(i);
            }
        }

        JudgeAsPath(sections.Attributes, index);
        JudgeNextHopAddress(sections.Attributes, index);
        JudgeMandatory(sections, index);
        JudgeLimits(sections, index);
        if (_outcome == UpdateOutcome.TreatAsWithdraw && mayHideNlri)
        {
            _outcome = UpdateOutcome.SessionReset;
        }

        error = _error;
        return _outcome;
    }

    /// <summary>Errors of the UPDATE as a whole.</summary>
    private void JudgeList(in UpdateSections sections, AttributeIndex index)
    {
        // RFC 7606 §3.i, §5.3: what cannot be parsed cannot be withdrawn either.
        if (!context.IsWellFormed(AfiSafi.IPv4Unicast, sections.Withdrawn)
            || !context.IsWellFormed(AfiSafi.IPv4Unicast, sections.Nlri))
        {
            Fault(
                UpdateOutcome.SessionReset,
                UpdateErrorSubcode.InvalidNetworkField,
                [],
                "a prefix length does not fit");
        }

        if (index.HasRepeatedMultiprotocol)
        {
            Fault(
                UpdateOutcome.SessionReset,
                UpdateErrorSubcode.MalformedAttributeList,
                [],
                "MP_REACH_NLRI or MP_UNREACH_NLRI came twice");
        }
        else if (index.HasRepeated)
        {
            Fault(
                UpdateOutcome.AttributeDiscard,
                UpdateErrorSubcode.MalformedAttributeList,
                [],
                "an attribute came twice, the first one counts");
        }

        if (index.IsTruncated)
        {
            // RFC 7606 §4: the total length still tells where the NLRI begin.
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.MalformedAttributeList,
                [],
                "an attribute runs past the total attribute length");
        }
    }

    /// <summary>Judges one attribute.</summary>
    /// <returns>False when it must not go further.</returns>
    private bool Keeps(in AttributeEntry entry, ReadOnlySpan<byte> attributes)
    {
        if (PathAttributeTable.Find(entry.Type) is not { } row)
        {
            return KeepsUnknown(entry, attributes);
        }

        // RFC 7606 §7.5, §7.9, §7.10: whatever its form.
        if (row.InternalOnly && context.IsExternal)
        {
            Fault(
                UpdateOutcome.AttributeDiscard,
                UpdateErrorSubcode.MalformedAttributeList,
                entry.Octets(attributes),
                $"{row.Name} came from an external peer");
            return false;
        }

        // RFC 6793 §3, §4.1: only speakers of two-octet AS numbers may send these; from others they are dropped in
        // silence.
        if (context.FourOctetAsn && entry.Type is AttributeType.As4Path or AttributeType.As4Aggregator)
        {
            return false;
        }

        // RFC 7311 §3.3: taken as an unknown non-transitive attribute.
        if (entry.Type == AttributeType.Aigp && !context.Rules.AcceptsAigp)
        {
            return false;
        }

        const AttributeFlags Category = AttributeFlags.Optional | AttributeFlags.Transitive;
        if ((entry.Flags & Category) != row.Flags)
        {
            // RFC 7606 §3.c.
            Fault(
                row.WhenFlagsAreWrong,
                UpdateErrorSubcode.AttributeFlagsError,
                entry.Octets(attributes),
                $"{row.Name} has flags {(byte)entry.Flags:X2}");
            if (row.WhenFlagsAreWrong == UpdateOutcome.AttributeDiscard)
            {
                return false;
            }
        }

        if (row.Check(entry.Value(attributes), context) is { } subcode)
        {
            Fault(row.WhenMalformed, subcode, entry.Octets(attributes), $"{row.Name} is malformed");
            return row.WhenMalformed != UpdateOutcome.AttributeDiscard;
        }

        return !IsOfOtherFamily(entry, attributes);
    }

    /// <summary>RFC 4271 §5 and §6.3: a well-known attribute must be known; of the optional ones the transitive go
    /// on.</summary>
    private bool KeepsUnknown(in AttributeEntry entry, ReadOnlySpan<byte> attributes)
    {
        if ((entry.Flags & AttributeFlags.Optional) != 0)
        {
            if ((entry.Flags & AttributeFlags.Transitive) == 0)
            {
                return false;
            }

            if (++_unknown > context.Rules.MaximumUnknownAttributes)
            {
                Fault(
                    UpdateOutcome.TreatAsWithdraw,
                    UpdateErrorSubcode.OptionalAttributeError,
                    [],
                    $"more than {context.Rules.MaximumUnknownAttributes} attributes are unknown");
            }

            return true;
        }

        Fault(
            UpdateOutcome.SessionReset,
            UpdateErrorSubcode.UnrecognizedWellKnownAttribute,
            entry.Octets(attributes),
            $"attribute {(byte)entry.Type} is called well-known and is not");
        return false;
    }

    private bool IsOfOtherFamily(in AttributeEntry entry, ReadOnlySpan<byte> attributes) => entry.Type switch
    {
        AttributeType.MpReachNlri =>
            MpReachNlri.TryRead(entry.Value(attributes), out var reach) && !context.Carries(reach.Family),
        AttributeType.MpUnreachNlri =>
            MpUnreachNlri.TryRead(entry.Value(attributes), out var unreach) && !context.Carries(unreach.Family),
        _ => false,
    };

    /// <summary>The rules for paths that are well formed; one that is not has its fault already.</summary>
    private void JudgeAsPath(ReadOnlySpan<byte> attributes, AttributeIndex index)
    {
        if (index.TryFind(AttributeType.AsPath, out var entry)
            && AsPathRules.WhyRefused(entry.Value(attributes), context) is { } reason)
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw, UpdateErrorSubcode.MalformedAsPath, entry.Octets(attributes), reason);
        }

        if (!context.Rules.AcceptsAsSets && index.TryFind(AttributeType.As4Path, out entry)
            && AsPathRules.HasSet(entry.Value(attributes)))
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.MalformedAsPath,
                entry.Octets(attributes),
                "AS4_PATH has an AS_SET"); // RFC 9774 §3
        }
    }

    /// <summary>The multiprotocol twin of NEXT_HOP's host test: the NLRI can be read, so withdrawing them is
    /// enough.</summary>
    private void JudgeNextHopAddress(ReadOnlySpan<byte> attributes, AttributeIndex index)
    {
        if (_outcome < UpdateOutcome.SessionReset
            && index.TryFind(AttributeType.MpReachNlri, out var entry)
            && MpReachNlri.TryRead(entry.Value(attributes), out var reach)
            && (!NextHopCheck.IsHost(reach.NextHop)
                || (reach.Family == AfiSafi.IPv4Unicast && NextHopCheck.IsIPv4Compatible(reach.NextHop))))
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.OptionalAttributeError,
                entry.Octets(attributes),
                "the next hop in MP_REACH_NLRI is no host's address");
        }
    }

    /// <summary>RFC 7606 §3.d. NEXT_HOP is owed only beside IPv4 NLRI (RFC 4760 §3); a missing LOCAL_PREF from an
    /// internal peer is taken as the default, as BIRD and OpenBGPD do.</summary>
    private void JudgeMandatory(in UpdateSections sections, AttributeIndex index)
    {
        if (!sections.Nlri.IsEmpty || EncodesReachable(sections.Attributes, index))
        {
            Require(AttributeType.Origin, index);
            Require(AttributeType.AsPath, index);
        }

        if (!sections.Nlri.IsEmpty)
        {
            Require(AttributeType.NextHop, index);
        }
    }

    /// <summary>Limits of our own, which are no error of the peer's; but such routes are not kept, so they are withdrawn
    /// (RFC 4271 §6.3 leaves it to local policy what is accepted).</summary>
    private void JudgeLimits(in UpdateSections sections, AttributeIndex index)
    {
        if (_outcome >= UpdateOutcome.TreatAsWithdraw
            || (sections.Nlri.IsEmpty && !EncodesReachable(sections.Attributes, index)))
        {
            return;
        }

        if (index.Entries.Length > context.MaximumAttributes)
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.MalformedAttributeList,
                [],
                $"{index.Entries.Length} attributes, more than the {context.MaximumAttributes} allowed");
        }

        if (index.TryFind(AttributeType.AsPath, out var path)
            && PathLength(path.Value(sections.Attributes)) is var length && length > context.MaximumAsPathLength)
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.MalformedAsPath,
                [],
                $"an AS_PATH of {length}, longer than the {context.MaximumAsPathLength} allowed");
        }
    }

    /// <summary>RFC 4271 §9.1.2.2 a, in either width of AS numbers; a well-formed path.</summary>
    private int PathLength(ReadOnlySpan<byte> path)
    {
        var length = 0;
        var width = context.FourOctetAsn ? sizeof(uint) : sizeof(ushort);
        while (!path.IsEmpty)
        {
            length += (AsPathSegmentType)path[0] switch
            {
                AsPathSegmentType.Sequence => path[1],
                AsPathSegmentType.Set => 1,
                _ => 0, // RFC 5065 §5.3
            };
            path = path[(2 + (path[1] * width))..];
        }

        return length;
    }

    private void Require(AttributeType type, AttributeIndex index)
    {
        if (!index.TryFind(type, out _))
        {
            Fault(
                UpdateOutcome.TreatAsWithdraw,
                UpdateErrorSubcode.MissingWellKnownAttribute,
                [(byte)type],
                $"{PathAttributeTable.Find(type)!.Name} is missing");
        }
    }

    /// <summary>RFC 7606 §5.2: attributes without reachable NLRI, and more than an MP_UNREACH_NLRI. When there is an
    /// error among them, it may hide the NLRI that should have been withdrawn. Withdrawals alone are not in
    /// doubt.</summary>
    private static bool MayHideNlri(in UpdateSections sections, AttributeIndex index)
    {
        var encodesReachable = !sections.Nlri.IsEmpty || EncodesReachable(sections.Attributes, index);
        return !encodesReachable
            && (index.IsTruncated || index.Entries is not [{ Type: AttributeType.MpUnreachNlri }]);
    }

    private static bool EncodesReachable(ReadOnlySpan<byte> attributes, AttributeIndex index) =>
        index.TryFind(AttributeType.MpReachNlri, out var entry)
        && MpReachNlri.TryRead(entry.Value(attributes), out var reach)
        && !reach.Nlri.IsEmpty;

    private void Fault(UpdateOutcome outcome, UpdateErrorSubcode subcode, ReadOnlySpan<byte> data, string reason)
    {
        if (outcome > _outcome)
        {
            _outcome = outcome;
            _error = DecodeError.Update(subcode, data, reason);
        }
    }
}
