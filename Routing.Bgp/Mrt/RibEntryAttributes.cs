using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Mrt;

/// <summary>Attributes in a TABLE_DUMP_V2 entry (RFC 6396 §4.3.4): AS numbers of four octets, and MP_REACH_NLRI cut down
/// to its next hop, because family and prefix stand in the record.</summary>
internal static class RibEntryAttributes
{
    /// <summary>Octets that <see cref="Write"/> can add to a set: NEXT_HOP or MP_REACH_NLRI with a header.</summary>
    public const int Growth = 3 + 1 + 32;

    /// <summary>Writes canonical attributes (see <c>UpdateBatch</c>).</summary>
    /// <param name="family">A route of our own has no next hop; the unspecified address of its family stands for
    /// it.</param>
    public static void Write(ref WireWriter writer, scoped ReadOnlySpan<byte> canonical, AfiSafi family)
    {
        scoped ReadOnlySpan<byte> nextHop = stackalloc byte[family.AddressOctets()];
        if (AttributeCursor.TryFind(canonical, AttributeType.NextHop, out var own))
        {
            nextHop = own;
        }

        var isDue = true;
        var cursor = new AttributeCursor(canonical);
        while (cursor.TryRead(out var attribute))
        {
            if (isDue && attribute.Type > PlaceOf(nextHop))
            {
                WriteNextHop(ref writer, nextHop);
                isDue = false;
            }

            if (attribute.Type != AttributeType.NextHop)
            {
                writer.WriteOctets(attribute.Octets);
            }
        }

        if (isDue)
        {
            WriteNextHop(ref writer, nextHop);
        }
    }

    private static AttributeType PlaceOf(ReadOnlySpan<byte> nextHop) =>
        nextHop.Length == 4 ? AttributeType.NextHop : AttributeType.MpReachNlri;

    private static void WriteNextHop(ref WireWriter writer, scoped ReadOnlySpan<byte> nextHop)
    {
        if (nextHop.Length == 4)
        {
            AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, nextHop);
            return;
        }

        AttributeWriter.WriteHeader(ref writer, AttributeFlags.Optional, AttributeType.MpReachNlri, 1 + nextHop.Length);
        writer.WriteByte((byte)nextHop.Length);
        writer.WriteOctets(nextHop);
    }
}
