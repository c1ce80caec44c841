namespace Routing.Bgp.Rpki.Rtr;

/// <summary>IANA "rpki-rtr-error" (RFC 8210 §12); from 9 on of version 2 (draft-ietf-sidrops-8210bis §12).</summary>
internal enum RtrErrorCode : ushort
{
    CorruptData = 0,
    InternalError = 1,
    NoDataAvailable = 2,
    InvalidRequest = 3,
    UnsupportedProtocolVersion = 4,
    UnsupportedPduType = 5,
    WithdrawalOfUnknownRecord = 6,
    DuplicateAnnouncement = 7,
    UnexpectedProtocolVersion = 8,
    AspaProviderListError = 9,
    TransportFailure = 10,
    OrderingError = 11,
    CacheRestart = 12,
    CacheShutdown = 13,
}
