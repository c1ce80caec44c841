namespace Routing.Bgp.Wire.Iana;

/// <summary>An address family and subsequent family as one value: the AFI in the high 16 bits, the SAFI in the low 8
/// (RFC 4760 §3; IANA "Address Family Numbers" and "SAFI Namespace").</summary>
public enum AfiSafi
{
    /// <summary>AFI 1, SAFI 1.</summary>
    IPv4Unicast = (1 << 16) | 1,

    /// <summary>AFI 2, SAFI 1.</summary>
    IPv6Unicast = (2 << 16) | 1,
}
