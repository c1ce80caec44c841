using System.Text;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Rpki.Rtr;

/// <summary>The PDUs that a router sends (RFC 8210 §5).</summary>
internal static class RtrWriter
{
    private const int LongestText = 100;

    /// <summary>"Send me what has changed since" (§5.3).</summary>
    public static byte[] SerialQuery(byte version, ushort sessionId, uint serial)
    {
        var octets = new byte[12];
        var writer = Begin(octets, version, RtrPduType.SerialQuery, sessionId);
        writer.WriteUInt32(serial);
        return octets;
    }

    /// <summary>"Send me all" (§5.4).</summary>
    public static byte[] ResetQuery(byte version)
    {
        var octets = new byte[RtrPdu.HeaderLength];
        Begin(octets, version, RtrPduType.ResetQuery, 0);
        return octets;
    }

    /// <summary>What was wrong with a PDU (§5.11).</summary>
    /// <param name="pdu">The PDU, or as much of it as says which.</param>
    /// <param name="text">For the operator of the cache.</param>
    public static byte[] ErrorReport(byte version, RtrErrorCode code, ReadOnlySpan<byte> pdu, string text)
    {
        var words = Encoding.UTF8.GetBytes(text.Length > LongestText ? text[..LongestText] : text);
        var octets = new byte[RtrPdu.HeaderLength + sizeof(uint) + pdu.Length + sizeof(uint) + words.Length];
        var writer = Begin(octets, version, RtrPduType.ErrorReport, (ushort)code);
        writer.WriteUInt32((uint)pdu.Length);
        writer.WriteOctets(pdu);
        writer.WriteUInt32((uint)words.Length);
        writer.WriteOctets(words);
        return octets;
    }

    private static WireWriter Begin(byte[] octets, byte version, RtrPduType type, ushort word)
    {
        var writer = new WireWriter(octets);
        writer.WriteByte(version);
        writer.WriteByte((byte)type);
        writer.WriteUInt16(word);
        writer.WriteUInt32((uint)octets.Length);
        return writer;
    }
}
