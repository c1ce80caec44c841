using System.Buffers.Binary;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.Domains;

/// <summary>Packets of a server of DNS, as a queue hands them over.</summary>
internal static class TcpPackets
{
    public const byte Fin = 1, Syn = 2, Reset = 4, Ack = 16;

    /// <summary>IPv4 or IPv6, and TCP from port 53.</summary>
    public static byte[] Segment(Address from, Address to, ushort port, uint sequence, byte flags, byte[] data)
    {
        byte[] tcp = [0, 53, (byte)(port >> 8), (byte)port, .. U32(sequence), .. U32(1), 0x80, flags, 0x10, 0, 0, 0, 0, 0, .. new byte[12], .. data];
        return from.Family == Routing.Policy.Rules.IpFamily.V4
            ? [0x45, 0, .. U16(20 + tcp.Length), 0, 0, 0x40, 0, 64, 6, 0, 0, .. Octets(from), .. Octets(to), .. tcp]
            : [0x60, 0, 0, 0, .. U16(tcp.Length), 6, 64, .. Octets(from), .. Octets(to), .. tcp];
    }

    /// <summary>A message behind its length.</summary>
    public static byte[] Framed(params byte[][] messages) => [.. messages.SelectMany(message => (byte[])[.. U16(message.Length), .. message])];

    private static byte[] Octets(Address address) => address.ToIPAddress().GetAddressBytes();

    private static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] U32(uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }
}
