using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>Writes the attributes that carry NLRI of any family (RFC 4760 §3, §4). Begin, write prefixes with
/// <see cref="NlriCodec"/>, end. RFC 7606 §5.1 wants either of them to be an UPDATE's first attribute.</summary>
internal static class MpReachWriter
{
    /// <summary>Octets before the first prefix of an MP_REACH_NLRI, attribute header included.</summary>
    public static int ReachOverhead(int nextHopLength) => 4 + 2 + 1 + 1 + nextHopLength + 1;

    /// <summary>Starts an MP_REACH_NLRI.</summary>
    /// <param name="nextHop">4, 16, or 32 octets (RFC 2545 §3), as canonical attributes hold it.</param>
    /// <returns>The place of the length, for <see cref="End"/>.</returns>
    public static int BeginReach(ref WireWriter writer, AfiSafi family, scoped ReadOnlySpan<byte> nextHop)
    {
        var length = Begin(ref writer, AttributeType.MpReachNlri, family);
        writer.WriteByte((byte)nextHop.Length);
        writer.WriteOctets(nextHop);
        writer.WriteByte(0); // reserved
        return length;
    }

    /// <summary>Starts an MP_UNREACH_NLRI; ended at once it is the End-of-RIB of the family (RFC 4724 §2).</summary>
    /// <returns>The place of the length, for <see cref="End"/>.</returns>
    public static int BeginUnreach(ref WireWriter writer, AfiSafi family) =>
        Begin(ref writer, AttributeType.MpUnreachNlri, family);

    /// <summary>Fills in the attribute's length.</summary>
    public static void End(ref WireWriter writer, int length) => writer.PatchLengthUInt16(length);

    // The length is not known yet, so it always gets two octets.
    private static int Begin(ref WireWriter writer, AttributeType type, AfiSafi family)
    {
        writer.WriteByte((byte)(AttributeFlags.Optional | AttributeFlags.ExtendedLength));
        writer.WriteByte((byte)type);
        var length = writer.ReserveUInt16();
        writer.WriteUInt16(family.Afi());
        writer.WriteByte(family.Safi());
        return length;
    }
}
