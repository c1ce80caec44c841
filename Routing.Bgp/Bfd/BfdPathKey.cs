using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Bfd;

/// <summary>The other end of a session as its packets show it: what a packet whose Your Discriminator is zero is matched
/// by (RFC 5881 §3, RFC 5883 §3).</summary>
/// <param name="Address">Its address; IPv4 is mapped into IPv6.</param>
/// <param name="Scope">The interface of a link-local address, 0 otherwise.</param>
/// <param name="IsMultihop">More than one hop away.</param>
internal readonly record struct BfdPathKey(UInt128 Address, uint Scope, bool IsMultihop)
{
    /// <summary>The key of a neighbour.</summary>
    public static BfdPathKey For(IPAddress address, bool isMultihop) => new(
        Prefix.ToInteger(address.MapToIPv6()),
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true } ? (uint)address.ScopeId : 0,
        isMultihop);
}
