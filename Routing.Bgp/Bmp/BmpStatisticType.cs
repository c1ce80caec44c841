namespace Routing.Bgp.Bmp;

/// <summary>IANA "BMP Statistics Types": those that are reported (RFC 7854 §4.8, RFC 8671 §6.2).</summary>
internal enum BmpStatisticType : ushort
{
    /// <summary>Prefixes that the import policy rejects; a counter of 32 bits, though what we hold is a gauge.</summary>
    RejectedByInboundPolicy = 0,

    /// <summary>Routes in Adj-RIBs-In, a gauge of 64 bits.</summary>
    AdjRibInRoutes = 7,

    /// <summary>Routes in the Loc-RIB, a gauge of 64 bits.</summary>
    LocRibRoutes = 8,

    /// <summary>Routes in one family's Adj-RIB-In.</summary>
    AdjRibInRoutesOfFamily = 9,

    /// <summary>Routes in one family's Loc-RIB.</summary>
    LocRibRoutesOfFamily = 10,

    /// <summary>Routes in Adj-RIBs-Out after the policy.</summary>
    AdjRibOutRoutes = 15,

    /// <summary>Routes in one family's Adj-RIB-Out after the policy.</summary>
    AdjRibOutRoutesOfFamily = 17,
}
