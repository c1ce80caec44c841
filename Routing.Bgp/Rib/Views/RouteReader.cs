using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Walks the tables for a query. Runs on the RIB's thread, a page at a time.</summary>
internal sealed class RouteReader
{
    /// <summary>Rows looked at in one go, between which the RIB does its work.</summary>
    private const int RowsPerPage = 4096;

    /// <summary>Most routes made into objects in one go.</summary>
    private const int RoutesPerPage = 256;

    private readonly RibTables _rib;
    private readonly RouteQuery _query;
    private readonly PathDescriber _describer;
    private readonly RibPeer? _peer;

    public RouteReader(RibTables rib, RouteQuery query)
    {
        (_rib, _query, _describer) = (rib, query, new PathDescriber(rib));
        _peer = query.Peer is null ? null : rib.Peers.Values.FirstOrDefault(peer => peer.Config.Name == query.Peer);
    }

    /// <summary>Reads on from a row of a family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="row">Where to go on; moved past what was read, 0 at the end.</param>
    public ImmutableArray<RouteStatus> ReadPage(AfiSafi family, ref int row)
    {
        var prefixes = _rib[family].LocRib.Prefixes;
        if (_query.Peer is not null && _peer is null)
        {
            row = 0;
            return [];
        }

        if (_query.Prefix is { } prefix && _query.Match != PrefixSelection.Longer)
        {
            row = 0;
            return prefix.Family != family ? []
                : _query.Match == PrefixSelection.Exact ? ReadExact(prefix) : ReadLongestMatch(prefix);
        }

        var routes = ImmutableArray.CreateBuilder<RouteStatus>();
        var end = Math.Min(prefixes.End, row + RowsPerPage);
        for (; row < end && routes.Count < RoutesPerPage; row++)
        {
            if (prefixes[row].InUse
                && (_query.Prefix is null || _query.Prefix.Value.Contains(prefixes.PrefixOf(row)))
                && Read(family, row) is { } route)
            {
                routes.Add(route);
            }
        }

        row = row < prefixes.End ? row : 0;
        return routes.DrainToImmutable();
    }

    private ImmutableArray<RouteStatus> ReadExact(Prefix prefix)
    {
        var row = _rib[prefix.Family].LocRib.Prefixes.Find(prefix);
        return row != 0 && Read(prefix.Family, row) is { } route ? [route] : [];
    }

    /// <summary>One look-up for each length: rare enough to need no tree.</summary>
    private ImmutableArray<RouteStatus> ReadLongestMatch(Prefix prefix)
    {
        for (int length = prefix.Length; length >= 0; length--)
        {
            if (ReadExact(Prefix.Create(prefix.Family, prefix.Address, length)) is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>A prefix, or null when no path matches the query.</summary>
    private RouteStatus? Read(AfiSafi family, int row)
    {
        var paths = _query.Table == RouteTable.Advertised
            ? _describer.Advertised(family, row, _peer!.Index)
            : _describer.Held(family, row, asReceived: _query.Table == RouteTable.Received)
                .Where(path => _query.Peer is null || path.Peer == _query.Peer);
        var shown = paths
            .Where(path => (!_query.BestOnly || path.IsBest) && (!_query.RejectedOnly || !path.IsCandidate))
            .ToImmutableArray();
        return shown.IsEmpty ? null : new RouteStatus(_rib[family].LocRib.Prefixes.PrefixOf(row), shown);
    }
}
