using System.Buffers.Binary;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The headers of a packet that begins a connection, octet by octet, as far as they can be told: addresses, ports and
/// protocol can, a TTL can not.</summary>
internal sealed class NftPacket
{
    private const int ProtocolInIPv4 = 9, SourceInIPv4 = 12, DestinationInIPv4 = 16, LengthOfIPv4 = 20;
    private const int ProtocolInIPv6 = 6, SourceInIPv6 = 8, DestinationInIPv6 = 24, LengthOfIPv6 = 40;
    private const int FlagsInTcp = 13, LengthOfTransport = 20;
    private const byte Syn = 2;

    private readonly byte?[] _network;
    private readonly byte?[] _transport = new byte?[LengthOfTransport];

    public NftPacket(Packet packet)
    {
        if (packet.Source.Family == IpFamily.V4)
        {
            _network = new byte?[LengthOfIPv4];
            _network[ProtocolInIPv4] = (byte)packet.Protocol;
            Put(_network, SourceInIPv4, packet.Source);
            Put(_network, DestinationInIPv4, packet.Destination);
        }
        else
        {
            _network = new byte?[LengthOfIPv6];
            _network[ProtocolInIPv6] = (byte)packet.Protocol;
            Put(_network, SourceInIPv6, packet.Source);
            Put(_network, DestinationInIPv6, packet.Destination);
        }

        if (packet.Protocol.HasPorts())
        {
            Put(_transport, 0, packet.SourcePort);
            Put(_transport, 2, packet.Port);
        }
        else if (packet.Protocol.HasTypes())
        {
            (_transport[0], _transport[1]) = (packet.IcmpType, packet.IcmpCode);
        }

        if (packet.Protocol == TransportProtocol.Tcp)
        {
            _transport[FlagsInTcp] = Syn;
        }
    }

    /// <summary>An octet of a header; null when it cannot be told.</summary>
    /// <param name="isTransport">Of the transport's header, else of IP's.</param>
    /// <param name="offset">From the header's start.</param>
    public byte? this[bool isTransport, int offset] =>
        (isTransport ? _transport : _network) is var header && offset < header.Length ? header[offset] : null;

    private static void Put(byte?[] header, int offset, Address address)
    {
        Span<byte> octets = stackalloc byte[address.Family == IpFamily.V4 ? 4 : 16];
        KeyMath.Write(octets, address.Value);
        for (var i = 0; i < octets.Length; i++)
        {
            header[offset + i] = octets[i];
        }
    }

    private static void Put(byte?[] header, int offset, ushort port)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, port);
        (header[offset], header[offset + 1]) = (octets[0], octets[1]);
    }
}
