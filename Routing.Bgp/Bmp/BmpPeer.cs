using System.Net;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bmp;

/// <summary>Whom a message is about: what the per-peer header says but for flags and time (RFC 7854 §4.2).</summary>
/// <param name="Type">A peer, or the Loc-RIB.</param>
/// <param name="Address">Its address; unspecified for the Loc-RIB (RFC 9069 §4.1).</param>
/// <param name="Asn">Its AS.</param>
/// <param name="Identifier">Its BGP Identifier, host order.</param>
internal sealed record BmpPeer(BmpPeerType Type, IPAddress Address, uint Asn, uint Identifier)
{
    /// <summary>Octets of the per-peer header.</summary>
    public const int HeaderLength = 42;

    /// <summary>Writes the per-peer header.</summary>
    public void EncodeHeader(ref WireWriter writer, BmpPeerFlags flags, DateTimeOffset time)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        var isIPv6 = Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

        // An IPv4 address stands in the last four octets.
        Address.TryWriteBytes(address[(isIPv6 ? 0 : 12)..], out _);
        writer.WriteByte((byte)Type);
        writer.WriteByte((byte)(isIPv6 ? flags | BmpPeerFlags.IPv6 : flags));
        writer.WriteUInt32(0); // distinguisher, of peers inside a VPN
        writer.WriteUInt32(0);
        writer.WriteOctets(address);
        writer.WriteUInt32(Asn);
        writer.WriteUInt32(Identifier);
        writer.WriteUInt32((uint)time.ToUnixTimeSeconds());
        writer.WriteUInt32((uint)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
    }
}
