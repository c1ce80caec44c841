using System.Net;
using System.Net.Sockets;

namespace Routing.Agent.Netlink.Route;

/// <summary>Linux's numbers for address families; .NET's differ for IPv6.</summary>
internal static class AddressFamilies
{
    public const byte Unspecified = 0; // AF_UNSPEC
    public const byte IPv4 = 2; // AF_INET
    public const byte IPv6 = 10; // AF_INET6

    public static byte Of(IPAddress address) => Of(address.AddressFamily == AddressFamily.InterNetworkV6);

    public static byte Of(bool ipv6) => ipv6 ? IPv6 : IPv4;

    /// <summary>The prefix an attribute holds; a missing one is the family's default route.</summary>
    public static IPNetwork? Prefix(byte family, IPAddress? address, byte length)
    {
        address ??= family == IPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (Of(address) != family || length > (family == IPv6 ? 128 : 32))
        {
            return null;
        }

        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var count);
        for (var bit = (int)length; bit < 8 * count; bit++)
        {
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8)); // IPNetwork throws on host bits; the kernel has none
        }

        return new IPNetwork(new IPAddress(octets[..count]), length);
    }
}
