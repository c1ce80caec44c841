using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session.Discovery;

/// <summary>The kernel's raw ICMPv6 sockets. A socket stays in the network namespace of the thread that opens it.</summary>
internal sealed class RawLinkTransport : ILinkTransport
{
    private const int SolIcmpV6 = 58;
    private const int Icmp6Filter = 1;

    /// <inheritdoc/>
    public ILinkSocket Open(string interfaceName)
    {
        Socket? socket = null;
        try
        {
            var (index, own) = FindLinkLocal(interfaceName);
            socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
            SocketSetup.Apply(socket, new ConnectionOptions { Interface = interfaceName });
            socket.SetRawSocketOption(SolIcmpV6, Icmp6Filter, Filter(RouterMessage.Solicitation, RouterMessage.Advertisement));

            // RFC 4861 §4.1, §4.2: a hop limit of 255 says that no router was in between.
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, ConnectionOptions.MaxTtl);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, index);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, false);
            foreach (var group in new[] { LinkNeighbours.AllNodes, LinkNeighbours.AllRouters })
            {
                socket.SetSocketOption(
                    SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, index));
            }

            socket.Bind(new IPEndPoint(own, 0));
            return new RawLinkSocket(socket, index);
        }
        catch (Exception exception) when (exception is SocketException or NetworkInformationException)
        {
            socket?.Dispose();
            var hint = exception is SocketException { SocketErrorCode: SocketError.AccessDenied }
                ? "; router advertisements need root or CAP_NET_RAW" : "";
            throw new IOException($"interface {interfaceName}: {exception.Message}{hint}", exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static (int Index, IPAddress Own) FindLinkLocal(string name)
    {
        var link = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new IOException($"interface {name}: there is no such interface");
        var properties = link.GetIPProperties();
        var own = properties.UnicastAddresses.Select(entry => entry.Address).FirstOrDefault(address => address.IsIPv6LinkLocal)
            ?? throw new IOException($"interface {name}: it has no IPv6 link-local address (is it up, and IPv6 on?)");
        return (properties.GetIPv6Properties().Index, own);
    }

    /// <summary>struct icmp6_filter: a bit for each type, set for those that are not wanted.</summary>
    private static byte[] Filter(params ReadOnlySpan<byte> wanted)
    {
        var filter = new byte[32];
        Array.Fill(filter, byte.MaxValue);
        foreach (var type in wanted)
        {
            // Words of 32 bits in the machine's order, which is little-endian wherever .NET runs on Linux.
            filter[type >> 3] &= (byte)~(1 << (type & 7));
        }

        return filter;
    }
}
