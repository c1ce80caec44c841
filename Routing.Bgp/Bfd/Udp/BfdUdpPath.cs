using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Routing.Bgp.Bfd.Udp;

/// <summary>A session's own sending socket, with a source port of its own (RFC 5881 §4). Opened at the first packet and
/// again after an error, since the address or route it needs may come later.</summary>
/// <param name="target">The other end, and the way to it.</param>
/// <param name="isMultihop">To the port of RFC 5883.</param>
/// <param name="ports">Source ports for this machine's sessions.</param>
internal sealed class BfdUdpPath(BfdTarget target, bool isMultihop, SourcePorts ports) : IBfdPath
{
    private const int UntouchedTimeToLive = 255; // RFC 5881 §5
    private const byte NetworkControl = 0xC0; // DSCP CS6, as routing protocols use
    private const int IpLevel = 0;
    private const int IpTypeOfService = 1;
    private const int IPv6Level = 41;
    private const int IPv6TrafficClass = 67;
    private const int SocketLevel = 1;
    private const int BindToDevice = 25;

    private readonly IPEndPoint _remote = new(target.Remote, isMultihop ? BfdPort.Multihop : BfdPort.SingleHop);
    private Socket? _socket;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet)
    {
        _socket ??= Open();
        if (_socket is null)
        {
            return;
        }

        _socket.Send(packet, SocketFlags.None, out var error);

        // Refused tells of an earlier packet that nobody listens at the other end yet; a full queue passes by itself.
        if (error is not (SocketError.Success or SocketError.ConnectionRefused or SocketError.WouldBlock
            or SocketError.NoBufferSpaceAvailable))
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private Socket? Open()
    {
        var socket = new Socket(_remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            socket.Ttl = UntouchedTimeToLive;
            var isIPv6 = _remote.AddressFamily == AddressFamily.InterNetworkV6;
            socket.SetRawSocketOption(
                isIPv6 ? IPv6Level : IpLevel, isIPv6 ? IPv6TrafficClass : IpTypeOfService, [NetworkControl, 0, 0, 0]);
            if (target.Interface is { } name)
            {
                socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.ASCII.GetBytes(name + "\0"));
            }

            ports.Bind(socket, target.Local ?? (isIPv6 ? IPAddress.IPv6Any : IPAddress.Any));
            socket.Connect(_remote);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null; // no route, or not our address yet: the next packet, a second later, tries again
        }
    }
}
