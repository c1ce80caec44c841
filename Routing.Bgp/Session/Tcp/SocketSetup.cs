using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Bgp.Session.Tcp;

/// <summary>Puts <see cref="ConnectionOptions"/> and keys on sockets. Every refusal of the kernel names what was asked for and
/// the remedy.</summary>
internal static class SocketSetup
{
    private const int SolSocket = 1;
    private const int SolIp = 0;
    private const int SolTcp = 6;
    private const int SolIPv6 = 41;
    private const int SoBindToDevice = 25;
    private const int IpTtl = 2;
    private const int IpMinTtl = 21;
    private const int IPv6UnicastHops = 16;
    private const int IPv6MinHopCount = 73;
    private const int MaxInterfaceName = 15;

    /// <summary>Sets all but the keys and the source address.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Apply(Socket socket, ConnectionOptions options)
    {
        var isIPv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        SetTtl(socket, options.Ttl);
        if (options.LeastTtl > 0)
        {
            Set(socket, isIPv4 ? SolIp : SolIPv6, isIPv4 ? IpMinTtl : IPv6MinHopCount, Int(options.LeastTtl), "ttlSecurity", "");
        }

        if (options.Interface is { } name)
        {
            var octets = new byte[MaxInterfaceName + 1];
            Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, MaxInterfaceName)), octets);
            Set(socket, SolSocket, SoBindToDevice, octets, $"interface {name}", "is there such an interface here?");
        }
    }

    /// <summary>TTL or hop limit of what goes out.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void SetTtl(Socket socket, int ttl)
    {
        var isIPv4 = socket.AddressFamily == AddressFamily.InterNetwork;
        Set(socket, isIPv4 ? SolIp : SolIPv6, isIPv4 ? IpTtl : IPv6UnicastHops, Int(ttl), "the TTL", "");
    }

    /// <summary>Changes what segments from and to a neighbour, or a range of them, are signed with.</summary>
    /// <param name="socket">A listener, or a connection before or after it stands.</param>
    /// <param name="neighbours">An address, or all of a range.</param>
    /// <param name="from">What the socket has.</param>
    /// <param name="to">What it is to have.</param>
    /// <exception cref="IOException">The kernel refuses, or has no such option.</exception>
    public static void ChangeKeys(Socket socket, IPNetwork neighbours, PeerKeys from, PeerKeys to, bool isListener)
    {
        if (from.Password != to.Password)
        {
            Set(socket, SolTcp, TcpMd5Option.Name, TcpMd5Option.Encode(neighbours, to.Password), "password (TCP MD5)",
                "this kernel needs CONFIG_TCP_MD5SIG");
        }

        // RFC 5925 §7.3: additions first, so that a connection always has a key to go on with. Only where a KeyID is to mean
        // another key, the old one has to go before: on listeners, for a connection does not live through that.
        var preferred = to.AoKeys.Keys.FirstOrDefault();
        var displaced = from.AoKeys.Keys.Where(key => to.AoKeys.Keys.Any(key.Displaces)).ToList();
        foreach (var key in displaced)
        {
            Remove(key, successor: null);
        }

        foreach (var key in to.AoKeys.Keys.Except(from.AoKeys.Keys))
        {
            var option = TcpAoOption.EncodeAdd(neighbours, key, preferred: !isListener && key == preferred);
            Set(socket, SolTcp, TcpAoOption.AddName, option, $"tcpAO key {key.SendId} (TCP-AO)",
                "this needs Linux 6.7 or later with CONFIG_TCP_AO");
        }

        // The order alone may change too: what is preferred now was accepted before.
        if (!isListener && preferred is not null && preferred != from.AoKeys.Keys.FirstOrDefault()
            && from.AoKeys.Keys.Contains(preferred))
        {
            Set(socket, SolTcp, TcpAoOption.InfoName, TcpAoOption.EncodePrefer(preferred),
                $"signing with tcpAO key {preferred.SendId}", "");
        }

        foreach (var key in from.AoKeys.Keys.Except(to.AoKeys.Keys).Except(displaced))
        {
            Remove(key, isListener ? null : preferred);
        }

        void Remove(TcpAoKey key, TcpAoKey? successor) => Set(
            socket, SolTcp, TcpAoOption.DeleteName, TcpAoOption.EncodeDelete(neighbours, key, successor),
            $"removing tcpAO key {key.SendId}", "");
    }

    private static void Set(Socket socket, int level, int name, byte[] value, string what, string remedy)
    {
        try
        {
            socket.SetRawSocketOption(level, name, value);
        }
        catch (SocketException exception)
        {
            var hint = remedy.Length > 0 ? $"; {remedy}" : "";
            throw new IOException($"the kernel refuses {what}: {exception.Message}{hint}", exception);
        }
    }

    private static byte[] Int(int value)
    {
        var octets = new byte[sizeof(int)];
        MemoryMarshal.Write(octets, value);
        return octets;
    }
}
