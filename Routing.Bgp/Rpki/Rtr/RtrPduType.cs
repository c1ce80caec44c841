namespace Routing.Bgp.Rpki.Rtr;

/// <summary>IANA "rpki-rtr-pdu" (RFC 8210 §14).</summary>
internal enum RtrPduType : byte
{
    SerialNotify = 0,
    SerialQuery = 1,
    ResetQuery = 2,
    CacheResponse = 3,
    IPv4Prefix = 4,
    IPv6Prefix = 6,
    EndOfData = 7,
    CacheReset = 8,
    RouterKey = 9,
    ErrorReport = 10,

    /// <summary>Version 2 (draft-ietf-sidrops-8210bis).</summary>
    Aspa = 11,
}
