using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib;

/// <summary>The filters on prefixes that one peer has sent for one family (RFC 5291 §4).</summary>
/// <remarks>Every entry is looked at for every route, so their number is bounded. What cannot be kept or read makes the peer
/// get all routes, as without filters: it still filters what it receives.</remarks>
internal sealed class ReceivedFilters
{
    /// <summary>Most entries.</summary>
    public const int MostEntries = 1000;

    private readonly SortedDictionary<uint, PrefixOrf> _entries = [];
    private bool _isUnusable;

    /// <summary>What counts for the routes that are sent; null for all of them. Deferred changes are not in it yet.</summary>
    public PeerFilter? Applied { get; private set; }

    /// <summary>Entries held.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes a request with its changes.</summary>
    public void Take(RouteRefreshMessage request)
    {
        foreach (var change in request.Filters)
        {
            Apply(change);
        }

        _isUnusable |= request.HasMalformedFilters;
        if (!request.IsDeferred)
        {
            Applied = _isUnusable || _entries.Count == 0 ? null : new PeerFilter([.. _entries.Values]);
        }
    }

    private void Apply(in PrefixOrf change)
    {
        switch (change.Action)
        {
            case PrefixOrfAction.RemoveAll:
                _entries.Clear();
                _isUnusable = false;
                break;
            case PrefixOrfAction.Remove:
                _entries.Remove(change.Sequence);
                break;
            default:
                _isUnusable |= _entries.Count == MostEntries && !_entries.ContainsKey(change.Sequence);
                if (!_isUnusable)
                {
                    _entries[change.Sequence] = change;
                }

                break;
        }
    }
}
