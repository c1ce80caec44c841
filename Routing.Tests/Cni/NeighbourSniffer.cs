using System.Net.Sockets;
using Routing.Tests.Netns;

namespace Routing.Tests.Cni;

/// <summary>Looks at every frame of a namespace (a packet socket) for ARP and neighbour discovery.</summary>
internal sealed class NeighbourSniffer : IDisposable
{
    private const ushort Arp = 0x0806;
    private const ushort IPv6 = 0x86DD;
    private const int EthernetHeader = 14;
    private const int IPv6Header = 40;
    private const byte Icmpv6 = 58;

    private readonly Socket _socket;

    public NeighbourSniffer(TestNamespace inside)
    {
        const int everyProtocol = 0x0300; // htons(ETH_P_ALL)
        _socket = inside.Inner.OpenSocket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)everyProtocol);
        _socket.Blocking = false;
    }

    /// <summary>What was seen so far: how many frames, and the address resolutions among them.</summary>
    public (int Frames, IReadOnlyList<string> Resolutions) Drain()
    {
        var frames = 0;
        List<string> resolutions = [];
        var frame = new byte[2048];
        while (true)
        {
            int length;
            try
            {
                length = _socket.Receive(frame);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                return (frames, resolutions);
            }

            frames++;
            if (IsResolution(frame.AsSpan(0, length)))
            {
                resolutions.Add(Convert.ToHexString(frame, 0, length));
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsResolution(ReadOnlySpan<byte> frame)
    {
        var type = (frame[12] << 8) | frame[13];
        if (type == Arp)
        {
            return true;
        }

        // Router and neighbour solicitation, advertisement, redirect: 133 to 137 (RFC 4861).
        return type == IPv6 && frame.Length > EthernetHeader + IPv6Header
            && frame[EthernetHeader + 6] == Icmpv6 && frame[EthernetHeader + IPv6Header] is >= 133 and <= 137;
    }
}
