using System.Buffers.Binary;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Writes an UPDATE's attributes in the form the RIB interns, which <c>UpdateBatch</c> describes: equal sets
/// of attributes become equal octets, however their sender wrote them.</summary>
internal static class CanonicalAttributes
{
    private const AttributeFlags Category = AttributeFlags.Optional | AttributeFlags.Transitive;

    /// <summary>Writes the attributes that the validator left in the index.</summary>
    /// <param name="attributes">The field from which the index was filled.</param>
    /// <param name="nextHop">4, 16 or 32 octets: from NEXT_HOP or MP_REACH_NLRI, as the family of the routes has
    /// it.</param>
    public static void Write(
        ref WireWriter writer,
        scoped ReadOnlySpan<byte> attributes,
        AttributeIndex index,
        bool fourOctetAsn,
        scoped ReadOnlySpan<byte> nextHop)
    {
        var nextHopIsDue = true;
        foreach (ref readonly var entry in index.Entries)
        {
            if (nextHopIsDue && entry.Type >= AttributeType.NextHop)
            {
                WriteNextHop(ref writer, nextHop);
                nextHopIsDue = false;
            }

            switch (entry.Type)
            {
                case AttributeType.Reserved: // nobody may send it (IANA), and here it has a meaning of its own
                case AttributeType.NextHop:
                case AttributeType.MpReachNlri:
                case AttributeType.MpUnreachNlri:
                case AttributeType.As4Path:
                case AttributeType.As4Aggregator:
                    break;
                case AttributeType.LargeCommunities when entry.ValueLength > 12:
                    WriteLargeCommunities(ref writer, entry, entry.Value(attributes));
                    break;
                case AttributeType.AsPath when !fourOctetAsn:
                    WriteTwoOctetAsPath(ref writer, attributes, index, entry);
                    break;
                case AttributeType.Aggregator when !fourOctetAsn:
                    WriteTwoOctetAggregator(ref writer, attributes, index, entry);
                    break;
                default:
                    AttributeWriter.Write(ref writer, FlagsOf(entry), entry.Type, entry.Value(attributes));
                    break;
            }
        }

        if (nextHopIsDue)
        {
            WriteNextHop(ref writer, nextHop);
        }
    }

    private static void WriteNextHop(ref WireWriter writer, scoped ReadOnlySpan<byte> nextHop) =>
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, nextHop);

    /// <summary>Partial means something on optional transitive attributes only, and is set on those that no row knows:
    /// we are then the speaker that did not know it (RFC 4271 §5).</summary>
    private static AttributeFlags FlagsOf(in AttributeEntry entry)
    {
        if (PathAttributeTable.Find(entry.Type) is not { } row)
        {
            return Category | AttributeFlags.Partial;
        }

        return row.Flags == Category ? Category | (entry.Flags & AttributeFlags.Partial) : row.Flags;
    }

    private static void WriteLargeCommunities(
        ref WireWriter writer, in AttributeEntry entry, scoped ReadOnlySpan<byte> list)
    {
        // As long as a list of a longest message at most; seldom more than a few.
        Span<byte> distinct = stackalloc byte[list.Length];
        var length = LargeCommunityList.WriteDistinct(list, distinct);
        AttributeWriter.Write(ref writer, FlagsOf(entry), entry.Type, distinct[..length]);
    }

    private static void WriteTwoOctetAsPath(
        ref WireWriter writer, scoped ReadOnlySpan<byte> attributes, AttributeIndex index, in AttributeEntry entry)
    {
        var asPath = entry.Value(attributes);
        scoped ReadOnlySpan<byte> as4Path = default;
        if (index.TryFind(AttributeType.As4Path, out var as4) && !AggregatedByTwoOctetSpeaker(attributes, index))
        {
            as4Path = as4.Value(attributes);
        }

        // At most twice the longest message, and seldom taken: two-octet speakers are rare.
        Span<byte> buffer = stackalloc byte[AsPathReconstruction.MaxLength(asPath.Length, as4Path.Length)];
        var merged = new AsPathReconstruction(new WireWriter(buffer));
        merged.Merge(asPath, as4Path);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, merged.Path);
    }

    private static void WriteTwoOctetAggregator(
        ref WireWriter writer, scoped ReadOnlySpan<byte> attributes, AttributeIndex index, in AttributeEntry entry)
    {
        var useAs4 = index.TryFind(AttributeType.As4Aggregator, out var as4)
            && !AggregatedByTwoOctetSpeaker(attributes, index);
        if (useAs4)
        {
            AttributeWriter.Write(ref writer, FlagsOf(entry), AttributeType.Aggregator, as4.Value(attributes));
            return;
        }

        var value = entry.Value(attributes);
        AttributeWriter.WriteHeader(ref writer, FlagsOf(entry), AttributeType.Aggregator, 8);
        writer.WriteUInt32(BinaryPrimitives.ReadUInt16BigEndian(value));
        writer.WriteOctets(value[2..]);
    }

    /// <summary>RFC 6793 §4.2.3: beside an AGGREGATOR that is not AS_TRANS, an AS4_AGGREGATOR is older than it; then
    /// neither it nor AS4_PATH counts.</summary>
    private static bool AggregatedByTwoOctetSpeaker(scoped ReadOnlySpan<byte> attributes, AttributeIndex index) =>
        index.TryFind(AttributeType.As4Aggregator, out _)
        && index.TryFind(AttributeType.Aggregator, out var aggregator)
        && BinaryPrimitives.ReadUInt16BigEndian(aggregator.Value(attributes)) != AsPath.AsTrans;
}
