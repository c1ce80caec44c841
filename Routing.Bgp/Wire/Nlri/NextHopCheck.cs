using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>What a next hop on the wire may look like; whether it can be reached is the RIB's question.</summary>
internal static class NextHopCheck
{
    /// <summary>True for a next hop length that the family allows: RFC 4760 §3 for IPv4, RFC 2545 §3 for IPv6 (the
    /// global address, or it and a link-local one). RFC 8950 is not announced.</summary>
    public static bool IsValidLength(AfiSafi family, int length) =>
        family == AfiSafi.IPv4Unicast ? length == 4 : length is 16 or 32;

    /// <summary>True when the address could be a host's (RFC 4271 §6.3): neither unspecified nor multicast, and of IPv4
    /// not from 0/8 or 240/4. Loopback passes: speakers on one machine use it.</summary>
    /// <param name="nextHop">Of a valid length. Of two IPv6 addresses the first is looked at.</param>
    public static bool IsHost(ReadOnlySpan<byte> nextHop) => nextHop.Length == 4
        ? nextHop[0] is not 0 and < 224
        : nextHop[0] != 0xFF && nextHop[..16].ContainsAnyExcept((byte)0);
}
