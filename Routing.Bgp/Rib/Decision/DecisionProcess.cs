using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Decision;

/// <summary>The decision process over the tables: the same answers as <see cref="ReferenceDecisionProcess"/>, without
/// objects.</summary>
/// <remarks>
/// Steps up to ORIGIN are one total order, so a single pass finds the paths that share its top. Only among those can MED
/// eliminate, by neighbour AS, and only the survivors meet the remaining steps, which are a total order again.
/// Not thread-safe: the RIB's owner has one, with its scratch memory.
/// </remarks>
internal sealed class DecisionProcess(
    PathTable paths, AttributeTable attributes, PathSources sources, NextHopTable nextHops)
{
    /// <summary>Nothing is left out.</summary>
    private static readonly List<int> None = [];

    /// <summary>Paths that are still in the race; grows to the most crowded prefix.</summary>
    private int[] _left = new int[64];

    /// <summary>Finds the best candidate of a prefix.</summary>
    /// <param name="first">First path of the list.</param>
    /// <returns>The path, or 0 when there is no candidate.</returns>
    public int SelectBest(int first)
    {
        if (first != 0 && paths[first].Next == 0)
        {
            return paths[first].IsCandidate ? first : 0;
        }

        return SelectBest(first, None);
    }

    /// <summary>Whether a candidate comes before another: all steps but MED, which is none where no path of the prefix has
    /// one. The rest is a total order, so who beats the best path is the best.</summary>
    public bool Beats(int path, int best)
    {
        var order = CompareTop(path, best);
        if (order != 0)
        {
            return order < 0;
        }

        var isExternal = Source(path).Kind == PathSourceKind.External;
        if (isExternal != (Source(best).Kind == PathSourceKind.External))
        {
            return isExternal;
        }

        var (cost, bestCost) = nextHops.IsUsed ? (CostOf(path), CostOf(best)) : default;
        return cost != bestCost ? cost < bestCost : CompareTieBreaks(path, best) < 0;
    }

    /// <summary>The candidates that are equal up to the tie-breaks, best included: what multipath may use.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<int> SelectMultipath(int first, bool mixed) => SelectEqual(first, None, mixed);

    /// <summary>Finds the best of the candidates that are left; again and again it ranks them. MED forbids to sort
    /// (RFC 4271 §9.1.2.2 c is no order).</summary>
    /// <param name="first">First path of the list.</param>
    /// <param name="except">Candidates left out.</param>
    /// <returns>The path, or 0 when there is no candidate.</returns>
    public int SelectBest(int first, List<int> except)
    {
        var left = SelectEqual(first, except);
        if (left.IsEmpty)
        {
            return 0;
        }

        var best = left[0];
        foreach (var path in left[1..])
        {
            if (CompareTieBreaks(path, best) < 0)
            {
                best = path;
            }
        }

        return best;
    }

    private Span<int> SelectEqual(int first, List<int> except, bool mixed = false)
    {
        var count = CollectTop(first, except);
        if (count > 1)
        {
            count = EliminateByMed(count);
            count = mixed ? count : KeepExternal(count);
            count = nextHops.IsUsed ? KeepNearest(count) : count;
        }

        return _left.AsSpan(0, count);
    }

    /// <summary>One pass up to and including ORIGIN.</summary>
    private int CollectTop(int first, List<int> except)
    {
        var count = 0;
        for (var path = first; path != 0; path = paths[path].Next)
        {
            if (!paths[path].IsCandidate || (except.Count > 0 && except.Contains(path)))
            {
                continue;
            }

            var order = count == 0 ? 0 : CompareTop(path, _left[0]);
            if (order > 0)
            {
                continue;
            }

            count = order < 0 ? 0 : count;
            if (count == _left.Length)
            {
                Array.Resize(ref _left, count * 2);
            }

            _left[count++] = path;
        }

        return count;
    }

    private int EliminateByMed(int count)
    {
        if (AllMedsAreEqual(count))
        {
            return count;
        }

        var kept = 0;
        // A path that lost may still beat others of its AS, but then the one it lost to beats them too; so the losers'
        // places can be overwritten only when nobody needs them: marked first (negative), closed up afterwards.
        for (var m = 0; m < count; m++)
        {
            ref readonly var mine = ref attributes.Inputs(paths[Math.Abs(_left[m])].Attributes);
            for (var n = 0; n < count; n++)
            {
                ref readonly var other = ref attributes.Inputs(paths[Math.Abs(_left[n])].Attributes);
                if (other.NeighborAsn == mine.NeighborAsn && other.Med < mine.Med)
                {
                    _left[m] = -_left[m];
                    break;
                }
            }
        }

        for (var m = 0; m < count; m++)
        {
            if (_left[m] > 0)
            {
                _left[kept++] = _left[m];
            }
        }

        return kept;
    }

    private bool AllMedsAreEqual(int count)
    {
        var med = attributes.Inputs(paths[_left[0]].Attributes).Med;
        for (var i = 1; i < count; i++)
        {
            if (attributes.Inputs(paths[_left[i]].Attributes).Med != med)
            {
                return false;
            }
        }

        return true;
    }

    private int KeepExternal(int count)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (Source(_left[i]).Kind == PathSourceKind.External)
            {
                // Internal paths before it are overwritten: once there is an external one, none of them stays.
                _left[kept++] = _left[i];
            }
        }

        return kept == 0 ? count : kept;
    }

    private int KeepNearest(int count)
    {
        var (kept, least) = (0, uint.MaxValue);
        for (var i = 0; i < count; i++)
        {
            var cost = CostOf(_left[i]);
            kept = cost < least ? 0 : kept;
            if (cost <= least)
            {
                (_left[kept++], least) = (_left[i], cost);
            }
        }

        return kept;
    }

    private uint CostOf(int path) => nextHops.CostOf(paths[path].Attributes);

    private int CompareTop(int x, int y)
    {
        ref readonly var a = ref attributes.Inputs(paths[x].Attributes);
        ref readonly var b = ref attributes.Inputs(paths[y].Attributes);
        var aIsStale = a.Has(AttributeTraits.LongLivedStale);
        if (aIsStale != b.Has(AttributeTraits.LongLivedStale))
        {
            return aIsStale ? 1 : -1;
        }

        var aIsLearned = Source(x).Kind != PathSourceKind.Local;
        var bIsLearned = Source(y).Kind != PathSourceKind.Local;
        if (aIsLearned != bIsLearned)
        {
            return aIsLearned ? 1 : -1;
        }

        if (a.Weight != b.Weight)
        {
            return b.Weight.CompareTo(a.Weight);
        }

        if (a.LocalPref != b.LocalPref)
        {
            return b.LocalPref.CompareTo(a.LocalPref);
        }

        if (((a.Traits | b.Traits) & AttributeTraits.HasAigp) != 0
            && CompareAigp(x, y) is not 0 and var order)
        {
            return order;
        }

        return a.AsPathLength != b.AsPathLength
            ? a.AsPathLength.CompareTo(b.AsPathLength)
            : a.Origin.CompareTo(b.Origin);
    }

    /// <summary>RFC 7311 §4.1; without AIGP is behind any with.</summary>
    private int CompareAigp(int x, int y)
    {
        var (a, b) = (AigpOf(x), AigpOf(y));
        return a is null || b is null ? (a is null).CompareTo(b is null) : a.Value.CompareTo(b.Value);
    }

    private ulong? AigpOf(int path) => attributes.AigpOf(paths[path].Attributes, Source(path).AigpCost);

    private int CompareTieBreaks(int x, int y)
    {
        ref readonly var a = ref attributes.Inputs(paths[x].Attributes);
        ref readonly var b = ref attributes.Inputs(paths[y].Attributes);
        var aIdentifier = a.Has(AttributeTraits.HasOriginatorId) ? a.OriginatorId : Source(x).Identifier;
        var bIdentifier = b.Has(AttributeTraits.HasOriginatorId) ? b.OriginatorId : Source(y).Identifier;
        if (aIdentifier != bIdentifier)
        {
            return aIdentifier.CompareTo(bIdentifier);
        }

        if (a.ClusterListLength != b.ClusterListLength)
        {
            return a.ClusterListLength.CompareTo(b.ClusterListLength);
        }

        return paths[x].Peer != paths[y].Peer
            ? Source(x).Address.CompareTo(Source(y).Address)
            : paths.PathIdOf(x).CompareTo(paths.PathIdOf(y));
    }

    private ref readonly PathSource Source(int path) => ref sources[paths[path].Peer];
}
