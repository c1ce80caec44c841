namespace Routing.Bgp.Rib.Tables;

/// <summary>Yes-or-no facts of an attribute set, found once when it is interned.</summary>
[Flags]
internal enum AttributeTraits : uint
{
    None = 0,

    /// <summary>LOCAL_PREF is there; otherwise the default counts.</summary>
    HasLocalPref = 1,

    /// <summary>MULTI_EXIT_DISC is there; otherwise 0 counts (RFC 4271 §9.1.2.2 c).</summary>
    HasMed = 2,

    /// <summary>ORIGINATOR_ID is there.</summary>
    HasOriginatorId = 4,

    /// <summary>The next hop is an IPv6 address.</summary>
    NextHopIsIPv6 = 8,

    /// <summary>NO_EXPORT (RFC 1997): not out of the AS or confederation.</summary>
    NoExport = 16,

    /// <summary>NO_ADVERTISE (RFC 1997): not to anybody.</summary>
    NoAdvertise = 32,

    /// <summary>NO_EXPORT_SUBCONFED (RFC 1997): not out of the member AS.</summary>
    NoExportSubconfed = 64,

    /// <summary>ORIGINATOR_ID is our BGP Identifier.</summary>
    OwnOriginatorId = 128,

    /// <summary>Our cluster id is in CLUSTER_LIST.</summary>
    OwnClusterId = 256,

    /// <summary>GRACEFUL_SHUTDOWN (RFC 8326).</summary>
    GracefulShutdown = 512,

    /// <summary>BLACKHOLE (RFC 7999).</summary>
    Blackhole = 1024,

    /// <summary>AS_PATH has segments of a confederation (RFC 5065 §3).</summary>
    HasConfederationSegments = 2048,

    /// <summary>AIGP is there (RFC 7311).</summary>
    HasAigp = 4096,

    /// <summary>ONLY_TO_CUSTOMER is there (RFC 9234 §5).</summary>
    HasOnlyToCustomer = 8192,

    /// <summary>An extended community that must not leave the AS (RFC 4360 §6, RFC 5701 §2).</summary>
    HasNonTransitiveCommunity = 16384,

    /// <summary>A policy has set a metric for the kernel.</summary>
    HasPriority = 32768,

    /// <summary>The export policy has set MULTI_EXIT_DISC.</summary>
    SendsMed = 65536,

    /// <summary>The export policy has settled the next hop.</summary>
    KeepsNextHop = 131072,

    /// <summary>LLGR_STALE: the least preferred, and only for those who know of it (RFC 9494 §4.3, §4.4).</summary>
    LongLivedStale = 1u << 30,

    /// <summary>NO_LLGR: not to be kept for long (RFC 9494 §4.2).</summary>
    NotLongLived = 1u << 31,
}
