using System.Buffers.Binary;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>The first packets of connections, from the transport header on.</summary>
internal static class RawPacket
{
    /// <summary>Generic Routing Encapsulation, which connection tracking has a module for.</summary>
    public const TransportProtocol Gre = (TransportProtocol)47;

    /// <summary>One of the two for experiments (RFC 3692 §2.1), which nobody knows anything of.</summary>
    public const TransportProtocol Unknown = (TransportProtocol)253;

    private const int TcpHeader = 20, UdpHeader = 8, IcmpHeader = 8, GreHeader = 4, MarkLength = 4;
    private const byte DestinationUnreachable = 3, Syn = 2;

    /// <summary>Makes one.</summary>
    public static byte[] Encode(Probe probe, ushort sourcePort, PacketMark mark)
    {
        switch (probe.Protocol)
        {
            case TransportProtocol.Tcp:
                var syn = WithPorts(TcpHeader, probe.Port, sourcePort, mark);
                syn[12] = TcpHeader / 4 << 4;
                syn[13] = Syn;
                BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(14), 65535); // window
                return WithChecksum(syn, 16, probe);
            case TransportProtocol.Udp or TransportProtocol.UdpLite:
                var datagram = WithPorts(UdpHeader, probe.Port, sourcePort, mark);
                BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length); // UDP-Lite: all is covered
                return WithChecksum(datagram, 6, probe);
            case TransportProtocol.Sctp:
                return SctpInit.Encode(sourcePort, probe.Port, (uint)((mark.Round << 16) | mark.Index));
            case TransportProtocol.Icmp or TransportProtocol.IcmpV6:
                var message = new byte[IcmpHeader + (IsError(probe) ? InnerHeaders(probe) : 0) + MarkLength];
                (message[0], message[1]) = (probe.IcmpType, probe.IcmpCode);
                BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), sourcePort); // identifier
                if (IsError(probe))
                {
                    WriteInner(message.AsSpan(IcmpHeader), probe, sourcePort);
                }

                Write(message.AsSpan(^MarkLength..), mark);
                return WithChecksum(message, 2, probe); // ICMPv6's is made by the kernel
            default:
                var other = new byte[(probe.Protocol == Gre ? GreHeader : 0) + MarkLength];
                Write(other.AsSpan(^MarkLength..), mark);
                return other;
        }
    }

    /// <summary>Reads what was made here; false for what others sent.</summary>
    public static bool TryDecode(TransportProtocol protocol, ReadOnlySpan<byte> packet, out byte icmpType, out PacketMark mark)
    {
        (icmpType, mark) = (0, default);
        switch (protocol)
        {
            case TransportProtocol.Sctp when packet.Length == SctpInit.Length:
                var tag = SctpInit.Decode(packet).Tag;
                mark = new PacketMark((ushort)(tag >> 16), (ushort)tag);
                return true;
            case TransportProtocol.Sctp:
                return false;
            case TransportProtocol.Icmp or TransportProtocol.IcmpV6 when packet.Length >= IcmpHeader + MarkLength:
                icmpType = packet[0];
                break;
            case TransportProtocol.Tcp when packet.Length != TcpHeader + MarkLength || packet[13] != Syn:
                return false; // an answer
            case var _ when packet.Length < MarkLength:
                return false;
        }

        mark = new PacketMark(
            BinaryPrimitives.ReadUInt16BigEndian(packet[^MarkLength..]), BinaryPrimitives.ReadUInt16BigEndian(packet[^2..]));
        return true;
    }

    private static bool IsError(Probe probe) => probe.Protocol == TransportProtocol.Icmp && probe.IcmpType == DestinationUnreachable;

    private static int InnerHeaders(Probe probe) => (probe.From.Family == IpFamily.V4 ? 20 : 40) + UdpHeader;

    /// <summary>Of a datagram that nobody sent: an error that connection tracking cannot relate to anything.</summary>
    private static void WriteInner(Span<byte> inner, Probe probe, ushort sourcePort)
    {
        inner[0] = 0x45;
        inner[3] = (byte)inner.Length;
        (inner[8], inner[9]) = (64, (byte)TransportProtocol.Udp);
        BinaryPrimitives.WriteUInt32BigEndian(inner[12..], (uint)probe.To.Value);
        BinaryPrimitives.WriteUInt32BigEndian(inner[16..], (uint)probe.From.Value);
        BinaryPrimitives.WriteUInt16BigEndian(inner[10..], Checksum(inner[..20], 0));
        BinaryPrimitives.WriteUInt16BigEndian(inner[20..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(inner[22..], 9);
    }

    private static byte[] WithPorts(int header, ushort port, ushort sourcePort, PacketMark mark)
    {
        var packet = new byte[header + MarkLength];
        BinaryPrimitives.WriteUInt16BigEndian(packet, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), port);
        Write(packet.AsSpan(header), mark);
        return packet;
    }

    private static void Write(Span<byte> octets, PacketMark mark)
    {
        BinaryPrimitives.WriteUInt16BigEndian(octets, mark.Round);
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], mark.Index);
    }

    /// <summary>RFC 1071, with the pseudo header of RFC 9293 §3.1 and RFC 8200 §8.1 where the protocol has one.</summary>
    private static byte[] WithChecksum(byte[] packet, int offset, Probe probe)
    {
        var pseudo = 0u;
        if (probe.Protocol != TransportProtocol.Icmp)
        {
            Span<byte> addresses = stackalloc byte[32];
            BinaryPrimitives.WriteUInt128BigEndian(addresses, probe.From.Value);
            BinaryPrimitives.WriteUInt128BigEndian(addresses[16..], probe.To.Value);
            pseudo = Sum(addresses, (uint)probe.Protocol + (uint)packet.Length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(offset), Checksum(packet, pseudo));
        return packet;
    }

    private static ushort Checksum(ReadOnlySpan<byte> octets, uint sum)
    {
        sum = Sum(octets, sum);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }

    private static uint Sum(ReadOnlySpan<byte> octets, uint sum)
    {
        for (var i = 0; i < octets.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets[i..]);
        }

        return sum;
    }
}
