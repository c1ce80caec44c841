using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;

namespace Routing.Bgp.Bmp;

/// <summary>The numbers of Statistics Reports (RFC 7854 §4.8, RFC 8671 §6.2, RFC 9069 §4.7). Runs on the RIB's
/// thread.</summary>
internal static class MonitorStatistics
{
    /// <summary>Of a peer.</summary>
    public static List<BmpStatistic> OfPeer(RibTables rib, PeerUp session)
    {
        var statistics = new List<BmpStatistic>();
        ulong received = 0, rejected = 0, advertised = 0;
        foreach (var family in session.Families)
        {
            var adjRibIn = rib[family].In(session.Peer);
            var told = (ulong)rib[family].Out.CountAdvertisedTo(session.Peer);
            statistics.Add(new(BmpStatisticType.AdjRibInRoutesOfFamily, (ulong)adjRibIn.Received, family));
            statistics.Add(new(BmpStatisticType.AdjRibOutRoutesOfFamily, told, family));
            received += (ulong)adjRibIn.Received;
            rejected += (ulong)(adjRibIn.Received - adjRibIn.Accepted);
            advertised += told;
        }

        statistics.Add(new(BmpStatisticType.RejectedByInboundPolicy, rejected));
        statistics.Add(new(BmpStatisticType.AdjRibInRoutes, received));
        statistics.Add(new(BmpStatisticType.AdjRibOutRoutes, advertised));
        return statistics;
    }

    /// <summary>Of the Loc-RIB.</summary>
    public static List<BmpStatistic> OfLocRib(RibTables rib)
    {
        var statistics = rib.Families
            .Select(family => new BmpStatistic(
                BmpStatisticType.LocRibRoutesOfFamily, (ulong)family.LocRib.Prefixes.Count, family.Family))
            .ToList();
        statistics.Add(new(BmpStatisticType.LocRibRoutes, (ulong)rib.Families.Sum(family => family.LocRib.Prefixes.Count)));
        return statistics;
    }
}
