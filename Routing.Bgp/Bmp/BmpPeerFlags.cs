namespace Routing.Bgp.Bmp;

/// <summary>Flags of the per-peer header (RFC 7854 §4.2, RFC 8671 §4). With <see cref="BmpPeerType.LocRib"/> the first bit
/// would mean a filtered view (RFC 9069 §4.2), which ours is not.</summary>
[Flags]
internal enum BmpPeerFlags : byte
{
    None = 0,

    /// <summary>O: Adj-RIB-Out, not Adj-RIB-In (RFC 8671 §4).</summary>
    AdjRibOut = 0x10,

    /// <summary>A: AS_PATH has AS numbers of two octets.</summary>
    TwoOctetAsPath = 0x20,

    /// <summary>L: after the policy.</summary>
    PostPolicy = 0x40,

    /// <summary>V: the address is IPv6.</summary>
    IPv6 = 0x80,
}
