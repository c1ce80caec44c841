using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Turns attributes with AS numbers of four octets into what a peer without RFC 6793 understands (§4.2.2):
/// AS_PATH and AGGREGATOR with AS_TRANS, and beside them AS4_PATH and AS4_AGGREGATOR where a number was lost.</summary>
internal static class TwoOctetAttributes
{
    private const AttributeFlags OptionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;

    /// <summary>An upper bound of what <see cref="Write"/> writes.</summary>
    public static int MaxEncodedLength(int attributesLength) => (2 * attributesLength) + 16;

    /// <summary>Writes well-formed attributes in ascending type order; the order is kept.</summary>
    public static void Write(ref WireWriter writer, scoped ReadOnlySpan<byte> attributes)
    {
        scoped ReadOnlySpan<byte> lostPath = default;
        scoped ReadOnlySpan<byte> lostAggregator = default;
        var cursor = new AttributeCursor(attributes);
        while (cursor.TryRead(out var attribute))
        {
            if (attribute.Type > AttributeType.As4Aggregator)
            {
                WriteLost(ref writer, lostPath, lostAggregator);
                lostPath = default;
                lostAggregator = default;
            }

            switch (attribute.Type)
            {
                case AttributeType.AsPath:
                    if (WriteAsPath(ref writer, attribute.Value))
                    {
                        lostPath = attribute.Value;
                    }

                    break;
                case AttributeType.Aggregator:
                    if (WriteAggregator(ref writer, attribute))
                    {
                        lostAggregator = attribute.Value;
                    }

                    break;
                default:
                    writer.WriteOctets(attribute.Octets);
                    break;
            }
        }

        WriteLost(ref writer, lostPath, lostAggregator);
    }

    private static bool WriteAsPath(ref WireWriter writer, scoped ReadOnlySpan<byte> path)
    {
        var length = 0;
        var sizes = new AsPathCursor(path);
        while (sizes.TryRead(out var segment))
        {
            length += 2 + (2 * segment.Count);
        }

        var lost = false;
        AttributeWriter.WriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, length);
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            writer.WriteByte((byte)segment.Type);
            writer.WriteByte((byte)segment.Count);
            for (var i = 0; i < segment.Count; i++)
            {
                lost |= WriteAsn(ref writer, segment[i]);
            }
        }

        return lost;
    }

    private static bool WriteAggregator(ref WireWriter writer, scoped PathAttribute aggregator)
    {
        var reader = new WireReader(aggregator.Value);
        reader.TryReadUInt32(out var asn);
        AttributeWriter.WriteHeader(ref writer, aggregator.Flags, AttributeType.Aggregator, 6);
        var lost = WriteAsn(ref writer, asn);
        writer.WriteOctets(reader.Rest);
        return lost;
    }

    private static bool WriteAsn(ref WireWriter writer, uint asn)
    {
        var fits = asn <= ushort.MaxValue;
        writer.WriteUInt16(fits ? (ushort)asn : AsPath.AsTrans);
        return !fits;
    }

    private static void WriteLost(
        ref WireWriter writer, scoped ReadOnlySpan<byte> path, scoped ReadOnlySpan<byte> aggregator)
    {
        if (!path.IsEmpty)
        {
            WriteAs4Path(ref writer, path);
        }

        if (!aggregator.IsEmpty)
        {
            AttributeWriter.Write(ref writer, OptionalTransitive, AttributeType.As4Aggregator, aggregator);
        }
    }

    /// <summary>AS4_PATH carries no confederation segments (RFC 6793 §3).</summary>
    private static void WriteAs4Path(ref WireWriter writer, scoped ReadOnlySpan<byte> path)
    {
        var length = 0;
        var sizes = new AsPathCursor(path);
        while (sizes.TryRead(out var segment))
        {
            length += IsConfederation(segment.Type) ? 0 : 2 + segment.Octets.Length;
        }

        if (length == 0)
        {
            return;
        }

        AttributeWriter.WriteHeader(ref writer, OptionalTransitive, AttributeType.As4Path, length);
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            if (!IsConfederation(segment.Type))
            {
                writer.WriteByte((byte)segment.Type);
                writer.WriteByte((byte)segment.Count);
                writer.WriteOctets(segment.Octets);
            }
        }
    }

    private static bool IsConfederation(AsPathSegmentType type) =>
        type is AsPathSegmentType.ConfedSequence or AsPathSegmentType.ConfedSet;
}
