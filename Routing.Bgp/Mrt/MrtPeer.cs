using System.Net;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Mrt;

/// <summary>A peer as PEER_INDEX_TABLE lists it (RFC 6396 §4.3.1).</summary>
/// <param name="Identifier">BGP Identifier, host order; 0 while the session has never been up.</param>
/// <param name="Address">Its address.</param>
/// <param name="Asn">Its AS.</param>
internal sealed record MrtPeer(uint Identifier, IPAddress Address, uint Asn)
{
    /// <summary>Octets of the longest entry.</summary>
    public const int MaxEncodedLength = 1 + 4 + 16 + 4;

    private const byte IsIPv6 = 1;
    private const byte HasFourOctetAsn = 2;

    /// <summary>Writes the entry, the AS number always with four octets.</summary>
    public void Encode(ref WireWriter writer)
    {
        Span<byte> address = stackalloc byte[16];
        Address.TryWriteBytes(address, out var length);
        writer.WriteByte((byte)(HasFourOctetAsn | (length == 16 ? IsIPv6 : 0)));
        writer.WriteUInt32(Identifier);
        writer.WriteOctets(address[..length]);
        writer.WriteUInt32(Asn);
    }

    /// <summary>Reads the next entry.</summary>
    /// <returns>Null when it runs past the end.</returns>
    public static MrtPeer? Decode(ref WireReader reader)
    {
        if (!reader.TryReadByte(out var type) || !reader.TryReadUInt32(out var identifier)
            || !reader.TryReadOctets((type & IsIPv6) != 0 ? 16 : 4, out var address))
        {
            return null;
        }

        uint asn;
        if ((type & HasFourOctetAsn) != 0)
        {
            if (!reader.TryReadUInt32(out asn))
            {
                return null;
            }
        }
        else if (reader.TryReadUInt16(out var shortAsn))
        {
            asn = shortAsn;
        }
        else
        {
            return null;
        }

        return new MrtPeer(identifier, new IPAddress(address), asn);
    }
}
