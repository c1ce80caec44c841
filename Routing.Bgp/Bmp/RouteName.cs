using Routing.Bgp.Rib;

namespace Routing.Bgp.Bmp;

/// <summary>What tells the routes of one prefix apart towards a station.</summary>
/// <param name="PathId">The peer's identifier of the path (RFC 7911); 0 without, and in the Loc-RIB.</param>
/// <param name="Source">Whose route; in the Loc-RIB nobody's, as the best route replaces the one before it.</param>
/// <param name="Table">Of which table.</param>
internal readonly record struct RouteName(uint PathId, PeerIndex Source, MonitoredTable Table)
{
    /// <summary>The best route of a prefix.</summary>
    public static RouteName Best { get; } = new(0, PeerIndex.Local, MonitoredTable.LocRib);
}
