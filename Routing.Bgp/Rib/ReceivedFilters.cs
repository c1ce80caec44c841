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

    /// <summary>What counts for the routes that are sent; null for all of them. Deferred changes are not in it yet.</summary>
    public PeerFilter? Applied { get; private set; }

    /// <summary>Entries held, in ascending order of sequence.</summary>
    public IReadOnlyCollection<PrefixOrf> Entries => _entries.Values;

    /// <summary>Changes came that do not count until the peer asks for routes.</summary>
    public bool IsDeferred { get; private set; }

    /// <summary>Something could not be kept or read; until the peer removes all.</summary>
    public bool IsUnusable { get; private set; }

    /// <summary>Takes a request with its changes.</summary>
    public void Take(RouteRefreshMessage request)
    {
        foreach (var change in request.Filters)
        {
            Apply(change);
        }

        IsUnusable |= request.HasMalformedFilters;
        IsDeferred = request.IsDeferred;
        if (!request.IsDeferred)
        {
            Applied = IsUnusable || _entries.Count == 0 ? null : new PeerFilter([.. _entries.Values]);
        }
    }

    private void Apply(in PrefixOrf change)
    {
        switch (change.Action)
        {
            case PrefixOrfAction.RemoveAll:
                _entries.Clear();
                IsUnusable = false;
                break;
            case PrefixOrfAction.Remove:
                _entries.Remove(change.Sequence);
                break;
            default:
                IsUnusable |= _entries.Count == MostEntries && !_entries.ContainsKey(change.Sequence);
                if (!IsUnusable)
                {
                    _entries[change.Sequence] = change;
                }

                break;
        }
    }
}
