namespace Routing.Bgp.Bmp;

/// <summary>IANA "BMP Message Types" (RFC 7854 §4.1).</summary>
internal enum BmpMessageType : byte
{
    RouteMonitoring = 0,
    StatisticsReport = 1,
    PeerDown = 2,
    PeerUp = 3,
    Initiation = 4,
    Termination = 5,
    RouteMirroring = 6,
}
