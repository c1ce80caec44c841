using System.Diagnostics.CodeAnalysis;
using System.Net;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;

namespace Routing.Bgp.Mrt;

/// <summary>The two ends of a session, as every BGP4MP record has them (RFC 6396 §4.4).</summary>
/// <param name="PeerAsn">The peer's AS.</param>
/// <param name="LocalAsn">Ours.</param>
/// <param name="PeerAddress">The peer's address.</param>
/// <param name="LocalAddress">Ours, of the same family.</param>
internal sealed record Bgp4mpHeader(uint PeerAsn, uint LocalAsn, IPAddress PeerAddress, IPAddress LocalAddress)
{
    /// <summary>Most octets that <see cref="Encode"/> writes.</summary>
    public const int MaxEncodedLength = 4 + 4 + 2 + 2 + 16 + 16;

    private const ushort AfiIPv4 = 1;
    private const ushort AfiIPv6 = 2;

    /// <summary>Writes it with the interface left open.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="asnOctets">4, or 2 in the subtypes of before RFC 6793.</param>
    public void Encode(ref WireWriter writer, int asnOctets)
    {
        Span<byte> address = stackalloc byte[16];
        WriteAsn(ref writer, PeerAsn, asnOctets);
        WriteAsn(ref writer, LocalAsn, asnOctets);
        writer.WriteUInt16(0);
        PeerAddress.TryWriteBytes(address, out var length);
        writer.WriteUInt16(length == 4 ? AfiIPv4 : AfiIPv6);
        writer.WriteOctets(address[..length]);
        LocalAddress.TryWriteBytes(address, out var localLength);
        address[localLength..].Clear();
        writer.WriteOctets(address[..length]);
    }

    /// <summary>Reads it.</summary>
    /// <param name="reader">At the start of a record's body.</param>
    /// <param name="asnOctets">4, or 2 in the subtypes of before RFC 6793.</param>
    public static bool TryDecode(
        ref WireReader reader, int asnOctets, [NotNullWhen(true)] out Bgp4mpHeader? header)
    {
        header = null;
        if (!TryReadAsn(ref reader, asnOctets, out var peerAsn) || !TryReadAsn(ref reader, asnOctets, out var localAsn)
            || !reader.TryReadUInt16(out _) || !reader.TryReadUInt16(out var afi) || afi is not (AfiIPv4 or AfiIPv6))
        {
            return false;
        }

        var length = afi == AfiIPv4 ? 4 : 16;
        if (!reader.TryReadOctets(length, out var peer) || !reader.TryReadOctets(length, out var local))
        {
            return false;
        }

        header = new Bgp4mpHeader(peerAsn, localAsn, new IPAddress(peer), new IPAddress(local));
        return true;
    }

    private static void WriteAsn(ref WireWriter writer, uint asn, int octets)
    {
        if (octets == 4)
        {
            writer.WriteUInt32(asn);
        }
        else
        {
            writer.WriteUInt16(asn <= ushort.MaxValue ? (ushort)asn : AsPath.AsTrans);
        }
    }

    private static bool TryReadAsn(ref WireReader reader, int octets, out uint asn)
    {
        if (octets == 4)
        {
            return reader.TryReadUInt32(out asn);
        }

        var read = reader.TryReadUInt16(out var shortAsn);
        asn = shortAsn;
        return read;
    }
}
