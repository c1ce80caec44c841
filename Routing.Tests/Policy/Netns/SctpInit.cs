using System.Buffers.Binary;
using System.Numerics;

namespace Routing.Tests.Policy.Netns;

/// <summary>An SCTP packet with one INIT chunk (RFC 9260 §3.3.2), as the first of an association. Made by hand: raw sockets
/// need no SCTP in the kernel.</summary>
internal static class SctpInit
{
    private const int Header = 12, Chunk = 20, ChecksumOffset = 8, TagOffset = Header + 4;

    /// <summary>Octets of the packet.</summary>
    public const int Length = Header + Chunk;

    /// <param name="tag">The initiate tag, by which the sender knows the packet again.</param>
    public static byte[] Encode(ushort sourcePort, ushort destinationPort, uint tag)
    {
        var packet = new byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), destinationPort);
        var chunk = packet.AsSpan(Header);
        chunk[0] = 1; // INIT; the verification tag above is zero with it
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], Chunk);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(TagOffset), tag);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[8..], 65536); // receiver window
        BinaryPrimitives.WriteUInt16BigEndian(chunk[12..], 1); // outbound streams
        BinaryPrimitives.WriteUInt16BigEndian(chunk[14..], 1); // inbound streams
        BinaryPrimitives.WriteUInt32BigEndian(chunk[16..], 1); // TSN

        // CRC32c, least significant octet first (RFC 9260 §A).
        var crc = uint.MaxValue;
        foreach (var octet in packet)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(ChecksumOffset), ~crc);
        return packet;
    }

    /// <summary>Source port and initiate tag.</summary>
    public static (ushort SourcePort, uint Tag) Decode(ReadOnlySpan<byte> packet) =>
        (BinaryPrimitives.ReadUInt16BigEndian(packet), BinaryPrimitives.ReadUInt32BigEndian(packet[TagOffset..]));
}
