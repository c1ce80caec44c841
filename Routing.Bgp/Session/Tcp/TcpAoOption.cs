using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Bgp.Session.Tcp;

/// <summary>The kernel's <c>struct tcp_ao_add</c>, <c>struct tcp_ao_del</c> and <c>struct tcp_ao_info_opt</c> (linux/tcp.h,
/// from Linux 6.7).</summary>
/// <remarks><code>
///   add                                   del
///   0 struct sockaddr_storage             0 struct sockaddr_storage
/// 128 char[64] algorithm                128 s32 interface index
/// 192 s32 interface index               132 u32 1 set current, 2 set rnext, 4 del async
/// 196 u32 1 set current, 2 set rnext    136 u16
/// 200 u16                               138 u8  prefix length
/// 202 u8  prefix length                 139 u8  SendID
/// 203 u8  SendID                        140 u8  RecvID
/// 204 u8  RecvID                        141 u8  current key
/// 205 u8  octets of the MAC             142 u8  rnext key
/// 206 u8  flags                         143 u8  flags
/// 207 u8  key length                    144
/// 208 u8[80] key
/// 288
///   info: 0 u32 1 set current, 2 set rnext   4 u16   6 u8 current key   7 u8 rnext key   8 five counters   48
/// </code></remarks>
internal static class TcpAoOption
{
    /// <summary>TCP_AO_ADD_KEY.</summary>
    public const int AddName = 38;

    /// <summary>TCP_AO_DEL_KEY.</summary>
    public const int DeleteName = 39;

    /// <summary>TCP_AO_INFO.</summary>
    public const int InfoName = 40;

    private const int InfoLength = 48;
    private const int AddLength = 288;
    private const int DeleteLength = 144;
    private const uint SetCurrent = 1;
    private const uint SetRNext = 2;

    /// <summary>RFC 5926 §3.2: both algorithms are cut to 96 bits.</summary>
    private const byte MacOctets = 12;

    /// <summary>Lays out what adds a key.</summary>
    /// <param name="neighbours">An address, or all of a range.</param>
    /// <param name="key">The key.</param>
    /// <param name="preferred">Sign with it from now on, and ask the neighbour to. Not allowed on a listener.</param>
    public static byte[] EncodeAdd(IPNetwork neighbours, TcpAoKey key, bool preferred)
    {
        var option = new byte[AddLength];
        SocketAddressBytes.Write(option, neighbours.BaseAddress);
        Encoding.ASCII.GetBytes(AlgorithmName(key.Algorithm), option.AsSpan(128));
        MemoryMarshal.Write(option.AsSpan(196), preferred ? SetCurrent | SetRNext : 0u);
        option[202] = (byte)neighbours.PrefixLength;
        option[203] = key.SendId;
        option[204] = key.ReceiveId;
        option[205] = MacOctets;
        option[207] = (byte)key.Secret.Octets.Length;
        key.Secret.Octets.CopyTo(option.AsSpan(208));
        return option;
    }

    /// <summary>Lays out what removes a key.</summary>
    /// <param name="neighbours">As when it was added.</param>
    /// <param name="key">The key.</param>
    /// <param name="successor">Signed with instead; null on a listener.</param>
    public static byte[] EncodeDelete(IPNetwork neighbours, TcpAoKey key, TcpAoKey? successor)
    {
        var option = new byte[DeleteLength];
        SocketAddressBytes.Write(option, neighbours.BaseAddress);
        MemoryMarshal.Write(option.AsSpan(132), successor is null ? 0u : SetCurrent | SetRNext);
        option[138] = (byte)neighbours.PrefixLength;
        option[139] = key.SendId;
        option[140] = key.ReceiveId;
        option[141] = successor?.SendId ?? 0;
        option[142] = successor?.ReceiveId ?? 0;
        return option;
    }

    /// <summary>Lays out what makes a key that a connection has already the preferred one.</summary>
    public static byte[] EncodePrefer(TcpAoKey key)
    {
        var option = new byte[InfoLength];
        MemoryMarshal.Write(option, SetCurrent | SetRNext);
        option[6] = key.SendId;
        option[7] = key.ReceiveId;
        return option;
    }

    /// <summary>The kernel's name of an algorithm.</summary>
    private static string AlgorithmName(TcpAoAlgorithm algorithm) =>
        algorithm == TcpAoAlgorithm.HmacSha1 ? "hmac(sha1)" : "cmac(aes128)";
}
