using System.Buffers.Binary;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>NLRI encoding of unicast prefixes: a length in bits, then as few octets as hold them (RFC 4271 §4.3,
/// RFC 4760 §5).</summary>
internal static class NlriCodec
{
    /// <summary>Octets of the longest prefix: a length and an IPv6 address.</summary>
    public const int MaxEncodedLength = 17;

    /// <summary>Octets of the path identifier that stands before the length where one was negotiated (RFC 7911
    /// §3).</summary>
    public const int PathIdLength = 4;

    /// <summary>Octets of a prefix on the wire.</summary>
    public static int EncodedLength(Prefix prefix) => 1 + ((prefix.Length + 7) >> 3);

    /// <summary>Writes a prefix; trailing bits are zero because <see cref="Prefix"/> keeps none.</summary>
    public static void Write(ref WireWriter writer, Prefix prefix)
    {
        Span<byte> address = stackalloc byte[16];
        var octets = (prefix.Length + 7) >> 3;
        writer.WriteByte(prefix.Length);
        if (prefix.Family == AfiSafi.IPv4Unicast)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address, (uint)prefix.Address);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(address, prefix.Address);
        }

        writer.WriteOctets(address[..octets]);
    }

    /// <summary>True when every length fits the family and no prefix runs past the end (RFC 7606 §5.3). Only then may
    /// <see cref="NlriCursor"/> be relied on to see all of it.</summary>
    public static bool IsWellFormed(AfiSafi family, ReadOnlySpan<byte> nlri, bool hasPathIds)
    {
        var width = family.AddressOctets() * 8;
        var before = hasPathIds ? PathIdLength : 0;
        while (!nlri.IsEmpty)
        {
            if (nlri.Length <= before)
            {
                return false;
            }

            int bits = nlri[before];
            var octets = before + 1 + ((bits + 7) >> 3);
            if (bits > width || octets > nlri.Length)
            {
                return false;
            }

            nlri = nlri[octets..];
        }

        return true;
    }
}
