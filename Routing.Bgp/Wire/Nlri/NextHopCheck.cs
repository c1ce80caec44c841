using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>What a next hop on the wire may look like; whether it can be reached is the RIB's question.</summary>
internal static class NextHopCheck
{
    /// <summary>fe80::/10 (RFC 4291 §2.5.6).</summary>
    private const int LinkLocalBits = 0xFE80 >> 6;

    /// <summary>True for an IPv6 address that means something on its own link only.</summary>
    public static bool IsLinkLocal(AddressBits address) => address.High >> 54 == LinkLocalBits;

    /// <summary>True for a next hop length that the family allows: RFC 4760 §3 for IPv4, RFC 2545 §3 for IPv6 (the
    /// global address, or it and a link-local one), and the latter for IPv4 too by RFC 8950 §3.</summary>
    /// <param name="family">Of the routes.</param>
    /// <param name="length">Octets.</param>
    /// <param name="extended">IPv6 next hops of IPv4 routes were negotiated.</param>
    public static bool IsValidLength(AfiSafi family, int length, bool extended) =>
        family == AfiSafi.IPv4Unicast && length == 4
        || ((family != AfiSafi.IPv4Unicast || extended) && length is 16 or 32);

    /// <summary>True when the address could be a host's (RFC 4271 §6.3): neither unspecified nor multicast, and of IPv4
    /// not from 0/8 or 240/4. Loopback passes: speakers on one machine use it.</summary>
    /// <param name="nextHop">Of a valid length. Of two IPv6 addresses the one that counts is looked at.</param>
    public static bool IsHost(ReadOnlySpan<byte> nextHop) => nextHop.Length == 4
        ? nextHop[0] is not 0 and < 224
        : nextHop[0] != 0xFF && Counting(nextHop).ContainsAnyExcept((byte)0);

    /// <summary>True for an IPv6 next hop that could be mistaken for an IPv4 one: ::/96 is nobody's (RFC 4291
    /// §2.5.5.1).</summary>
    public static bool IsIPv4Compatible(ReadOnlySpan<byte> nextHop) =>
        nextHop.Length >= 16 && !Counting(nextHop)[..12].ContainsAnyExcept((byte)0);

    /// <summary>Of the two addresses of RFC 2545 §3 the global one names the next hop; speakers that have none leave it
    /// unspecified, and then it is the link-local one.</summary>
    public static ReadOnlySpan<byte> Counting(ReadOnlySpan<byte> nextHop) =>
        nextHop.Length == 32 && !nextHop[..16].ContainsAnyExcept((byte)0) ? nextHop[16..] : nextHop[..16];
}
