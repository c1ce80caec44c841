namespace Routing.Bgp.Rib.Tables;

/// <summary>Yes-or-no facts of an attribute set, found once when it is interned.</summary>
[Flags]
internal enum AttributeTraits : ushort
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

    /// <summary>NO_EXPORT or NO_EXPORT_SUBCONFED (RFC 1997): not to other ASes.</summary>
    NoExport = 16,

    /// <summary>NO_ADVERTISE (RFC 1997): not to anybody.</summary>
    NoAdvertise = 32,

    /// <summary>Our AS number is in AS_PATH.</summary>
    OwnAsInPath = 64,

    /// <summary>ORIGINATOR_ID is our BGP Identifier.</summary>
    OwnOriginatorId = 128,

    /// <summary>Our cluster id is in CLUSTER_LIST.</summary>
    OwnClusterId = 256,
}
