using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker.Drain;

/// <summary>Counts what is still in use over one neighbour, a slice of the tables at a time, between which the RIB does its
/// work.</summary>
internal sealed class DrainMeasure(string name, PeerIndex peer)
{
    private const int RowsPerSlice = 1 << 16;

    private bool _isTold = true;
    private int _advertised;
    private int _movedAway;
    private int _inUse;

    /// <summary>Measures on the RIB's thread.</summary>
    public async Task<PeerDrainStatus> RunAsync(RibLoop rib, CancellationToken cancellationToken)
    {
        foreach (var family in new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast })
        {
            for (var row = 1; row != 0;)
            {
                var from = row;
                row = await rib.AskAsync(owner => CountSlice(owner.Tables, family, from), cancellationToken);
            }
        }

        return new PeerDrainStatus(name, _isTold, _advertised, _movedAway, _inUse);
    }

    /// <returns>Where to go on; 0 at the end.</returns>
    private int CountSlice(RibTables rib, AfiSafi family, int row)
    {
        var (locRib, view) = (rib[family].LocRib, rib[family].Out.ViewOf(peer));
        _isTold &= view is null || view.IsUpToDate(locRib.Journal.End);
        var end = Math.Min(locRib.Prefixes.End, row + RowsPerSlice);
        for (; row < end; row++)
        {
            if (!locRib.Prefixes[row].InUse)
            {
                continue;
            }

            if (view is not null && view.HasAdvertised(row) && view.AdvertisedSource(row) != peer)
            {
                _advertised++;
                _movedAway += locRib.FirstPathOf(row, peer) != 0 ? 1 : 0;
            }

            var best = locRib.BestOf(row);
            _inUse += best != 0 && rib.Paths[best].Peer == peer.Value ? 1 : 0;
        }

        return row < locRib.Prefixes.End ? row : 0;
    }
}
