using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Routing.Bgp.Session.Tcp;

/// <summary>The kernel's <c>struct sockaddr_storage</c> with an address and no port.</summary>
internal static class SocketAddressBytes
{
    private const ushort AfInet = 2;
    private const ushort AfInet6 = 10;

    /// <summary>Writes it into the first 128 octets, which must be zero.</summary>
    public static void Write(Span<byte> destination, IPAddress address)
    {
        // sockaddr_in: family, port, address. sockaddr_in6: family, port, flow, address, scope.
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        MemoryMarshal.Write(destination, isIPv4 ? AfInet : AfInet6);
        address.TryWriteBytes(destination[(isIPv4 ? 4 : 8)..], out _);
    }
}
