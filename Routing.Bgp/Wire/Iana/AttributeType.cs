namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Path Attributes": those this speaker knows.</summary>
internal enum AttributeType : byte
{
    /// <summary>Reserved: never on the wire.</summary>
    Reserved = 0,

    /// <summary>RFC 4271 §5.1.1.</summary>
    Origin = 1,

    /// <summary>RFC 4271 §5.1.2.</summary>
    AsPath = 2,

    /// <summary>RFC 4271 §5.1.3.</summary>
    NextHop = 3,

    /// <summary>RFC 4271 §5.1.4.</summary>
    MultiExitDisc = 4,

    /// <summary>RFC 4271 §5.1.5.</summary>
    LocalPref = 5,

    /// <summary>RFC 4271 §5.1.6.</summary>
    AtomicAggregate = 6,

    /// <summary>RFC 4271 §5.1.7.</summary>
    Aggregator = 7,

    /// <summary>RFC 1997.</summary>
    Communities = 8,

    /// <summary>RFC 4456 §8.</summary>
    OriginatorId = 9,

    /// <summary>RFC 4456 §8.</summary>
    ClusterList = 10,

    /// <summary>RFC 4760 §3.</summary>
    MpReachNlri = 14,

    /// <summary>RFC 4760 §4.</summary>
    MpUnreachNlri = 15,

    /// <summary>RFC 4360.</summary>
    ExtendedCommunities = 16,

    /// <summary>RFC 6793 §3.</summary>
    As4Path = 17,

    /// <summary>RFC 6793 §3.</summary>
    As4Aggregator = 18,

    /// <summary>RFC 5701.</summary>
    IPv6ExtendedCommunities = 25,

    /// <summary>RFC 7311.</summary>
    Aigp = 26,

    /// <summary>RFC 8092.</summary>
    LargeCommunities = 32,

    /// <summary>RFC 9234 §5.</summary>
    OnlyToCustomer = 35,
}
