using System.Buffers.Binary;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>What policy looks at in a packet.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Protocol">The transport protocol's number, behind IPv6's extension headers.</param>
/// <param name="SourcePort">Of TCP, UDP, UDP-Lite and SCTP; 0 without, and where the packet was cut before it.</param>
/// <param name="DestinationPort">Likewise.</param>
/// <param name="IcmpType">Of ICMP and ICMPv6.</param>
/// <param name="IcmpCode">Of ICMP and ICMPv6.</param>
internal readonly record struct PacketHeader(
    Address Source,
    Address Destination,
    TransportProtocol Protocol,
    ushort SourcePort = 0,
    ushort DestinationPort = 0,
    byte IcmpType = 0,
    byte IcmpCode = 0)
{
    /// <summary>Reads a packet from its IP header on, however short it was cut behind the addresses.</summary>
    /// <returns>False for what is no IP packet.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out PacketHeader header)
    {
        var reader = new PacketReader(packet);
        return reader.TryReadAddresses(out header) && reader.ReadTransport(ref header);
    }

    /// <summary>Reads a packet of UDP.</summary>
    /// <returns>False for a packet that is none, or is cut before what it carries.</returns>
    public static bool TryReadUdp(ReadOnlySpan<byte> packet, out PacketHeader header, out ReadOnlySpan<byte> payload)
    {
        const int UdpHeader = 8;
        payload = default;
        var reader = new PacketReader(packet);
        if (!reader.TryReadAddresses(out header) || header.Protocol != TransportProtocol.Udp || reader.Rest.Length < UdpHeader)
        {
            return false;
        }

        reader.ReadTransport(ref header);
        payload = reader.Rest[UdpHeader..];
        return true;
    }

    /// <summary>Reads a packet that is a segment of TCP.</summary>
    /// <returns>False for a packet that is none, or is cut before its data.</returns>
    public static bool TryReadTcp(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        const int TcpHeader = 20;
        const byte Fin = 1, Syn = 2, Reset = 4, Acknowledgement = 16;
        segment = default;
        var reader = new PacketReader(packet);
        if (!reader.TryReadAddresses(out var header) || header.Protocol != TransportProtocol.Tcp || reader.Rest.Length < TcpHeader)
        {
            return false;
        }

        reader.ReadTransport(ref header);
        var tcp = reader.Rest;
        var (length, flags) = ((tcp[12] >> 4) * 4, tcp[13]);
        if (length < TcpHeader || length > tcp.Length)
        {
            return false;
        }

        segment = new TcpSegment
        {
            Header = header,
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + ((flags & Syn) != 0 ? 1u : 0u),
            IsAnswerToCall = (flags & (Syn | Acknowledgement | Reset)) == (Syn | Acknowledgement),
            IsLast = (flags & (Fin | Reset)) != 0,
            Data = tcp[length..],
        };
        return true;
    }

    /// <summary>Cursor over the headers of one packet.</summary>
    /// <remarks>
    /// <code>
    ///  IPv4: version 4, length 4 | 8 | length 16 | id 16 | flags 3, fragment 13 | ttl 8 | protocol 8 | 16 | from 32 | to 32
    ///  IPv6: version 4 | 28 | length 16 | next 8 | hops 8 | from 128 | to 128
    ///  then: source port 16 | destination port 16      ICMP: type 8 | code 8
    ///  TCP, after its ports: sequence 32 | acknowledgement 32 | header's length 4 | 4 | flags 8 | ...
    /// </code>
    /// </remarks>
    private ref struct PacketReader(ReadOnlySpan<byte> rest)
    {
        private const int IPv4Length = 20, IPv6Length = 40;
        private const byte HopByHop = 0, Routing = 43, Fragment = 44, Authentication = 51, DestinationOptions = 60;
        private const ushort FragmentOffsetInIPv4 = 0x1fff, FragmentOffsetInIPv6 = 0xfff8;

        private ReadOnlySpan<byte> _rest = rest;

        /// <summary>What follows what was read.</summary>
        public readonly ReadOnlySpan<byte> Rest => _rest;

        public bool TryReadAddresses(out PacketHeader header)
        {
            header = default;
            return (_rest.IsEmpty ? 0 : _rest[0] >> 4) switch
            {
                4 => TryReadIPv4(out header),
                6 => TryReadIPv6(out header),
                _ => false,
            };
        }

        /// <returns>True, so that it reads well above: what is missing stays zero.</returns>
        public readonly bool ReadTransport(ref PacketHeader header)
        {
            switch (header.Protocol)
            {
                case TransportProtocol.Icmp or TransportProtocol.IcmpV6 when _rest.Length >= 2:
                    header = header with { IcmpType = _rest[0], IcmpCode = _rest[1] };
                    break;
                case TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.UdpLite or TransportProtocol.Sctp
                    when _rest.Length >= 4:
                    header = header with
                    {
                        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(_rest),
                        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]),
                    };
                    break;
            }

            return true;
        }

        private bool TryReadIPv4(out PacketHeader header)
        {
            header = default;
            var length = (_rest[0] & 0xf) * 4;
            if (length < IPv4Length || _rest.Length < IPv4Length)
            {
                return false;
            }

            header = new PacketHeader(
                new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(_rest[12..])),
                new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(_rest[16..])),
                (TransportProtocol)_rest[9]);
            var isLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(_rest[6..]) & FragmentOffsetInIPv4) != 0;
            _rest = Cut(_rest, BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]), length);
            _rest = isLaterFragment || length > _rest.Length ? default : _rest[length..];
            return true;
        }

        private bool TryReadIPv6(out PacketHeader header)
        {
            header = default;
            if (_rest.Length < IPv6Length)
            {
                return false;
            }

            var from = new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(_rest[8..]));
            var to = new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(_rest[24..]));
            var next = _rest[6];
            _rest = Cut(_rest, BinaryPrimitives.ReadUInt16BigEndian(_rest[4..]) + IPv6Length, IPv6Length + 1)[IPv6Length..];
            while (next is HopByHop or Routing or Fragment or Authentication or DestinationOptions && _rest.Length >= 8)
            {
                // RFC 8200 §4: lengths count eights of octets after the first; RFC 4302 §2.2 counts fours after two.
                var length = next switch
                {
                    Fragment => 8,
                    Authentication => (_rest[1] + 2) * 4,
                    _ => (_rest[1] + 1) * 8,
                };
                var isLaterFragment =
                    next == Fragment && (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) & FragmentOffsetInIPv6) != 0;
                next = _rest[0];
                _rest = isLaterFragment || length > _rest.Length ? default : _rest[length..];
            }

            header = new PacketHeader(from, to, (TransportProtocol)next);
            return true;
        }

        /// <summary>Without what a link added behind the packet. A length that cannot be stands in packets that are larger than it
        /// can say.</summary>
        private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> packet, int length, int least) =>
            length >= least && length < packet.Length ? packet[..length] : packet;
    }
}
