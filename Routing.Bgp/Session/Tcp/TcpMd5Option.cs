using System.Net;
using System.Runtime.InteropServices;

namespace Routing.Bgp.Session.Tcp;

/// <summary>The kernel's <c>struct tcp_md5sig</c> (linux/tcp.h), which sets the key of a neighbour or of a range.</summary>
/// <remarks><code>
///   0 struct sockaddr_storage  the neighbour's address, port ignored
/// 128 u8  flags                1: the prefix length counts
/// 129 u8  prefix length
/// 130 u16 key length           0 removes the key
/// 132 int interface index      of a VRF; not used
/// 136 u8[80] key
/// </code></remarks>
internal static class TcpMd5Option
{
    /// <summary>Octets of the structure.</summary>
    public const int Length = 216;

    /// <summary>Option with a prefix length, TCP_MD5SIG_EXT.</summary>
    public const int Name = 32;

    private const byte PrefixFlag = 1;

    /// <summary>Lays the structure out.</summary>
    /// <param name="neighbours">An address, or all of a range.</param>
    /// <param name="key">Null removes the key.</param>
    public static byte[] Encode(IPNetwork neighbours, TcpSecret? key)
    {
        var option = new byte[Length];
        SocketAddressBytes.Write(option, neighbours.BaseAddress);
        option[128] = PrefixFlag;
        option[129] = (byte)neighbours.PrefixLength;
        var octets = key is null ? [] : key.Octets;
        MemoryMarshal.Write(option.AsSpan(130), (ushort)octets.Length);
        octets.CopyTo(option.AsSpan(136));
        return option;
    }
}
