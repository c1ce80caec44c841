namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Cease NOTIFICATION message subcodes" (RFC 4486 §3, and those added since).</summary>
internal enum CeaseSubcode : byte
{
    Unspecific = 0,
    MaximumNumberOfPrefixesReached = 1,
    AdministrativeShutdown = 2,
    PeerDeconfigured = 3,
    AdministrativeReset = 4,
    ConnectionRejected = 5,
    OtherConfigurationChange = 6,
    ConnectionCollisionResolution = 7,
    OutOfResources = 8,

    /// <summary>RFC 8538 §3.</summary>
    HardReset = 9,

    /// <summary>RFC 9384 §3.</summary>
    BfdDown = 10,
}
