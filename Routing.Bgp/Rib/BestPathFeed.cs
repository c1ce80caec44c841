using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>Tells the sinks what changed in one family.</summary>
internal sealed class BestPathFeed(
    LocRib locRib,
    AttributeTable attributes,
    PathSources sources,
    NextHopTable nextHops,
    ImmutableArray<IBestPathSink> sinks,
    MultipathRules multipath)
{
    private const int ChangesPerCall = 1024;

    /// <summary>Weights read as percentages of the widest path.</summary>
    private const int GreatestWeight = 100;

    /// <summary>Next hops are few where routes are many, so that a route costs no object. Emptied when it grows past what a
    /// peer with a next hop of its own for every route should cost us.</summary>
    private const int MostCachedNextHops = 4096;

    private readonly BestPathChange[] _changes = new BestPathChange[ChangesPerCall];
    private readonly Dictionary<(UInt128 Address, uint Scope), ImmutableArray<IPAddress>> _single = [];
    private readonly SortedDictionary<(UInt128 Address, uint Scope), float> _several = [];

    /// <summary>Hands over all changes noted since the last call.</summary>
    public void Flush()
    {
        var count = 0;
        foreach (var row in locRib.ChangedForSinks)
        {
            ref var entry = ref locRib.Prefixes[row];
            if (!entry.SinkPending)
            {
                continue;
            }

            entry.SinkPending = false;
            if (sinks.IsEmpty)
            {
                continue;
            }

            _changes[count++] = Describe(row);
            if (count == _changes.Length)
            {
                Send(count);
                count = 0;
            }
        }

        locRib.ChangedForSinks.Clear();
        if (count > 0)
        {
            Send(count);
        }
    }

    /// <summary>All routes that will come have come.</summary>
    public void Converged()
    {
        foreach (var sink in sinks)
        {
            sink.OnConverged(locRib.Family);
        }
    }

    private void Send(int count)
    {
        foreach (var sink in sinks)
        {
            sink.OnBestPaths(_changes.AsSpan(0, count));
        }
    }

    private BestPathChange Describe(int row)
    {
        var prefix = locRib.Prefixes.PrefixOf(row);
        var best = locRib.BestOf(row);
        if (best == 0)
        {
            return new BestPathChange(prefix, [], IsLocal: false);
        }

        if (locRib.Paths[best].Peer == PeerIndex.Local.Value)
        {
            return new BestPathChange(prefix, [], IsLocal: true);
        }

        ImmutableArray<int> weights = [];
        var addresses = multipath.MaximumPaths > 1 ? NextHopsOf(row, best, out weights) : Single(NextHop(best));
        if (nextHops.IsUsed)
        {
            (addresses, weights) = Gateways.To(addresses, weights, nextHops);
        }

        return new BestPathChange(prefix, addresses, IsLocal: false)
        {
            Weights = weights,
            Metric = Metric(best),
            IsBlackhole = IsBlackhole(best),
        };
    }

    private bool IsBlackhole(int path) =>
        attributes.Inputs(locRib.Paths[path].Attributes).Has(AttributeTraits.Blackhole)
        && sources[locRib.Paths[path].Peer].HonoursBlackhole;

    private uint? Metric(int path)
    {
        var set = locRib.Paths[path].Attributes;
        return attributes.Inputs(set).Has(AttributeTraits.HasPriority)
            ? LocalAttribute.Read(attributes.Octets(set)).PriorityOrNull
            : null;
    }

    /// <summary>The best path's next hop and, up to the maximum, those of its equals; in ascending order, so that the same
    /// set is always the same value.</summary>
    private ImmutableArray<IPAddress> NextHopsOf(int row, int best, out ImmutableArray<int> weights)
    {
        _several.Clear();
        foreach (var path in locRib.MultipathOf(row))
        {
            if (_several.Count == multipath.MaximumPaths)
            {
                break;
            }

            _several.TryAdd(NextHop(path), multipath.Weighted ? BandwidthOf(path) : 0);
        }

        weights = WeightsOf(_several.Values);
        return _several.Count == 1 ? Single(NextHop(best)) : [.. _several.Keys.Select(ToAddress)];
    }

    /// <summary>Shares in proportion to the bandwidths, the greatest <see cref="GreatestWeight"/>; none when a path has no
    /// bandwidth, for then all share alike (draft-ietf-idr-link-bandwidth §3), or when all have the same.</summary>
    private static ImmutableArray<int> WeightsOf(IReadOnlyCollection<float> bandwidths)
    {
        var (least, greatest) = (bandwidths.Min(), bandwidths.Max());
        return least <= 0 || least == greatest
            ? []
            : [.. bandwidths.Select(bandwidth => Math.Max(1, (int)MathF.Round(GreatestWeight * (bandwidth / greatest))))];
    }

    private float BandwidthOf(int path) =>
        AttributeCursor.TryFind(
            attributes.Octets(locRib.Paths[path].Attributes), AttributeType.ExtendedCommunities, out var communities)
        && LinkBandwidth.TryFind(communities, out var bandwidth) ? bandwidth.OctetsPerSecond : 0;

    /// <summary>A link-local next hop is on the interface of the session that brought it, and says nothing without.</summary>
    private (UInt128 Address, uint Scope) NextHop(int path)
    {
        ref readonly var entry = ref locRib.Paths[path];
        var address = attributes.Inputs(entry.Attributes).NextHop;
        return (address, NextHopCheck.IsLinkLocal(address) ? sources[entry.Peer].Scope : 0);
    }

    private IPAddress ToAddress((UInt128 Address, uint Scope) nextHop)
    {
        var address = Prefix.ToAddress(locRib.Family, nextHop.Address);
        if (nextHop.Scope != 0)
        {
            address.ScopeId = nextHop.Scope;
        }

        return address;
    }

    private ImmutableArray<IPAddress> Single((UInt128 Address, uint Scope) nextHop)
    {
        if (!_single.TryGetValue(nextHop, out var addresses))
        {
            if (_single.Count == MostCachedNextHops)
            {
                _single.Clear();
            }

            addresses = [ToAddress(nextHop)];
            _single.Add(nextHop, addresses);
        }

        return addresses;
    }
}
