namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Well-known Communities": those that change what this speaker does.</summary>
internal static class WellKnownCommunity
{
    /// <summary>RFC 8326 §5: the path is about to go.</summary>
    public const uint GracefulShutdown = 0xFFFF0000;

    /// <summary>LLGR_STALE, RFC 9494 §3.2: kept for a peer that has been away for long.</summary>
    public const uint LongLivedStale = 0xFFFF0006;

    /// <summary>NO_LLGR, RFC 9494 §3.3: not to be kept for so long.</summary>
    public const uint NotLongLived = 0xFFFF0007;

    /// <summary>RFC 7999 §5: packets to the prefix are to be dropped.</summary>
    public const uint Blackhole = 0xFFFF029A;

    /// <summary>RFC 1997: stays inside the confederation, or the AS.</summary>
    public const uint NoExport = 0xFFFFFF01;

    /// <summary>RFC 1997: stays here.</summary>
    public const uint NoAdvertise = 0xFFFFFF02;

    /// <summary>RFC 1997: stays inside the member AS.</summary>
    public const uint NoExportSubconfed = 0xFFFFFF03;
}
