namespace Routing.Bgp.Bmp;

/// <summary>IANA "BMP Peer Types" (RFC 7854 §4.2).</summary>
internal enum BmpPeerType : byte
{
    /// <summary>A peer of the one instance there is.</summary>
    Global = 0,

    /// <summary>The Loc-RIB (RFC 9069 §4.1).</summary>
    LocRib = 3,
}
