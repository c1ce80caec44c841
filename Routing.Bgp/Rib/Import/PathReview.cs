using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Import;

/// <summary>Looks again at paths that have not changed themselves, because something has that they are judged by: what is
/// known from the RPKI, or how their next hops are reached. A row at a time, as the walks over the tables come to
/// it.</summary>
internal sealed class PathReview(RibTables tables, ImportStage import)
{
    private readonly List<int> _visited = [];

    /// <summary>What is known from the RPKI has changed.</summary>
    /// <param name="row">The prefix to look at.</param>
    /// <param name="family">Its family.</param>
    /// <param name="isConcerned">The prefixes whose origin validity may be another.</param>
    /// <param name="pathsConcerned">The validity of any AS path may be another.</param>
    public void ChangeValidity(int row, RibFamily family, Predicate<Prefix> isConcerned, bool pathsConcerned)
    {
        if (!family.LocRib.Prefixes[row].InUse)
        {
            return;
        }

        var isPrefixConcerned = isConcerned(family.LocRib.Prefixes.PrefixOf(row));
        foreach (var path in isPrefixConcerned || pathsConcerned ? PathsOf(family, row) : [])
        {
            if (tables.Peers.TryGetValue(new PeerIndex(tables.Paths[path].Peer), out var peer) && !peer.ImportScopes.IsEmpty
                && peer.Config.Import.ProgramFor(family.Family) is { } policy
                && ((policy.UsesOriginValidity && isPrefixConcerned) || (policy.UsesPathValidity && pathsConcerned)))
            {
                family.In(peer.Index).Reevaluate(row, path, peer, import);
            }
        }
    }

    /// <summary>Next hops are reached otherwise than before.</summary>
    /// <param name="row">The prefix to look at.</param>
    /// <param name="family">Its family.</param>
    /// <param name="hasChanged">Which of them.</param>
    public void FollowNextHops(int row, RibFamily family, Predicate<UInt128> hasChanged)
    {
        var isConcerned = false;
        foreach (var path in PathsOf(family, row))
        {
            var nextHop = tables.Attributes.Inputs(tables.Paths[path].Attributes).NextHop;
            tables.NextHops.Count(nextHop);
            if (hasChanged(nextHop))
            {
                isConcerned = true;
                family.In(new PeerIndex(tables.Paths[path].Peer)).ReevaluateNextHop(row, path, tables.NextHops);
            }
        }

        if (isConcerned)
        {
            family.LocRib.Redecide(row);
        }
    }

    /// <summary>The paths of a row, which a change of one of them puts in another order; valid until the next call.</summary>
    private List<int> PathsOf(RibFamily family, int row)
    {
        _visited.Clear();
        ref var entry = ref family.LocRib.Prefixes[row];
        for (var path = entry.InUse ? entry.FirstPath : 0; path != 0; path = tables.Paths[path].Next)
        {
            _visited.Add(path);
        }

        return _visited;
    }
}
