using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Bmp;

/// <summary>One number of a Statistics Report (RFC 7854 §4.8).</summary>
/// <param name="Type">What it counts.</param>
/// <param name="Value">How many.</param>
/// <param name="Family">Of which family; null for types that count all.</param>
internal readonly record struct BmpStatistic(BmpStatisticType Type, ulong Value, AfiSafi? Family = null)
{
    /// <summary>Octets of the longest.</summary>
    public const int MaxEncodedLength = 4 + 3 + 8;

    /// <summary>Writes it; the type says how wide it is.</summary>
    public void Encode(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)Type);
        var length = writer.ReserveUInt16();
        if (Family is { } family)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteByte(family.Safi());
        }

        if (Type != BmpStatisticType.RejectedByInboundPolicy)
        {
            writer.WriteUInt32((uint)(Value >> 32));
        }

        writer.WriteUInt32((uint)Value);
        writer.PatchLengthUInt16(length);
    }
}
