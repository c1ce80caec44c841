using Routing.Bgp.Rib.Import;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib;

/// <summary>The routes of one family that one peer has sent. They live as paths in the <see cref="LocRib"/>; this is the
/// peer's view of them, and the counts.</summary>
/// <remarks>What concerns all of a peer's routes walks the table: rare, tens of milliseconds for a million prefixes, and no
/// octet per path to link them. A peer without routes costs nothing.</remarks>
internal sealed class AdjRibIn(PeerIndex peer, LocRib locRib)
{
    /// <summary>Whose.</summary>
    public PeerIndex Peer { get; } = peer;

    /// <summary>Paths held.</summary>
    public int Received { get; private set; }

    /// <summary>Paths that may be chosen.</summary>
    public int Accepted { get; private set; }

    /// <summary>Paths that the import filter rejects, or the lack of one (RFC 8212).</summary>
    public int Rejected { get; private set; }

    /// <summary>Paths kept from before the peer's restart.</summary>
    public int Stale { get; private set; }

    /// <summary>Those of them that are kept past the restart time (RFC 9494 §4.2).</summary>
    public int LongLived { get; private set; }

    /// <summary>Paths that the peer has not announced again since it began to refresh.</summary>
    public int Refreshing { get; private set; }

    /// <summary>What paths that come now, or come otherwise, keep of the time (<see cref="PathClock"/>).</summary>
    public uint Stamp { get; set; }

    /// <summary>Paths not kept because their prefix had <see cref="LocRib.MostPathsOfPeer"/> of the peer.</summary>
    public long Refused { get; set; }

    /// <summary>The peer announces a path of a prefix, or announces it anew.</summary>
    /// <param name="row">The prefix's.</param>
    /// <param name="pathId">The peer's path identifier (RFC 7911 §3); 0 when it sends none.</param>
    /// <param name="received">Attributes as sent; the path takes a reference of its own.</param>
    /// <param name="effective">What the import policy made of them, or the same again; likewise.</param>
    /// <param name="flags">What the attributes and the filter say.</param>
    public void Announce(int row, uint pathId, int received, int effective, PathFlags flags) =>
        locRib.SetPath(row, this, pathId, received, effective, flags);

    /// <summary>The peer withdraws a path; nothing happens when it never announced it.</summary>
    /// <param name="row">The prefix's, or 0.</param>
    /// <param name="pathId">The peer's path identifier.</param>
    public void Withdraw(int row, uint pathId)
    {
        var path = row == 0 ? 0 : locRib.FindPath(row, Peer, pathId);
        if (path != 0)
        {
            locRib.RemovePath(row, path, this);
        }
    }

    /// <summary>All routes go.</summary>
    public void Clear() => RemoveWhere(static _ => true, Received);

    /// <summary>All routes become stale; those that are stale already go (RFC 4724 §4.2: a peer that restarts again before
    /// it has sent End-of-RIB), but for those kept for long, whose time goes on (RFC 9494 §4.2).</summary>
    /// <param name="keepsStale">The others stay too, until their own time is over (RFC 8538 §4.1).</param>
    public void MarkStale(bool keepsStale = false)
    {
        if (!keepsStale)
        {
            SweepStale(longLived: false);
        }

        ForEach(
            static _ => true,
            Received,
            (row, path) => Change(row, path, (locRib.Paths[path].Flags & ~PathFlags.Refreshing) | PathFlags.Stale));
    }

    /// <summary>The peer announces all routes again (RFC 7313 §4): those that it leaves out are no longer true.</summary>
    public void BeginRefresh() => ForEach(
        static _ => true,
        Received,
        (row, path) => Change(row, path, locRib.Paths[path].Flags | PathFlags.Refreshing));

    /// <summary>The peer has announced all routes again, or was given time enough for it.</summary>
    public void EndRefresh() => RemoveWhere(static flags => (flags & PathFlags.Refreshing) != 0, Refreshing);

    /// <summary>RFC 9494 §4.2: stale routes stay on, marked so that everybody prefers others; not those that ask to be spared
    /// (NO_LLGR).</summary>
    public void KeepStaleForLong()
    {
        var attributes = locRib.Attributes;
        using var marks = new LongLivedMarks(attributes);
        ForEach(IsStaleForNow, Stale - LongLived, (row, path) =>
        {
            var (received, effective) = (locRib.Paths.ReceivedOf(path), locRib.Paths[path].Attributes);
            if (attributes.Inputs(received).Has(AttributeTraits.NotLongLived)
                || attributes.Inputs(effective).Has(AttributeTraits.NotLongLived))
            {
                locRib.RemovePath(row, path, this);
                return;
            }

            var flags = locRib.Paths[path].Flags | PathFlags.LongLived;
            locRib.ReplacePath(row, path, this, received, marks.Mark(effective), flags);
        });
    }

    /// <summary>Stale routes go: what the peer has not announced again is no longer true.</summary>
    public void SweepStale() => RemoveWhere(static flags => (flags & PathFlags.Stale) != 0, Stale);

    /// <summary>The same for those that are kept past the restart time, or for the others.</summary>
    public void SweepStale(bool longLived) => RemoveWhere(
        longLived ? static flags => (flags & PathFlags.LongLived) != 0 : IsStaleForNow, longLived ? LongLived : Stale - LongLived);

    /// <summary>Judges again what is held: the rules, the policy or what it goes by has changed.</summary>
    /// <param name="peer">The peer as it is now.</param>
    /// <param name="import">Judges.</param>
    public void Reevaluate(RibPeer peer, ImportStage import)
    {
        using var marks = new LongLivedMarks(import.Attributes);
        ForEach(static _ => true, Received, (row, path) => Reevaluate(row, path, peer, import, marks));
    }

    /// <summary>The same for one path.</summary>
    public void Reevaluate(int row, int path, RibPeer peer, ImportStage import)
    {
        using var marks = new LongLivedMarks(import.Attributes);
        Reevaluate(row, path, peer, import, marks);
    }

    /// <summary>Judges again whether the next hop of a path is reached.</summary>
    public void ReevaluateNextHop(int row, int path, NextHopTable nextHops) => Change(
        row, path, (locRib.Paths[path].Flags & ~PathFlags.Unreachable) | nextHops.FlagsOf(locRib.Paths[path].Attributes));

    /// <summary>Keeps the counts; called by the <see cref="LocRib"/> alone.</summary>
    public void Count(PathFlags flags, int change)
    {
        Received += change;
        if (flags == PathFlags.None)
        {
            Accepted += change; // almost every path
            return;
        }

        Accepted += (flags & PathFlags.Excluded) == 0 ? change : 0;
        Rejected += (flags & (PathFlags.Filtered | PathFlags.NoPolicy)) != 0 ? change : 0;
        Stale += (flags & PathFlags.Stale) != 0 ? change : 0;
        Refreshing += (flags & PathFlags.Refreshing) != 0 ? change : 0;
        LongLived += (flags & PathFlags.LongLived) != 0 ? change : 0;
    }

    private static bool IsStaleForNow(PathFlags flags) => (flags & (PathFlags.Stale | PathFlags.LongLived)) == PathFlags.Stale;

    private void Reevaluate(int row, int path, RibPeer peer, ImportStage import, LongLivedMarks marks)
    {
        var received = locRib.Paths.ReceivedOf(path);
        var age = locRib.Paths[path].Flags & (PathFlags.Stale | PathFlags.LongLived | PathFlags.Refreshing);
        import.Begin(peer, locRib.Family, received);
        var (effective, flags) = import.Judge(locRib.Prefixes, row);
        effective = (age & PathFlags.LongLived) != 0 ? marks.Mark(effective) : effective;
        locRib.ReplacePath(row, path, this, received, effective, flags | age);
        import.End();
    }

    private void Change(int row, int path, PathFlags flags) =>
        locRib.ReplacePath(row, path, this, locRib.Paths.ReceivedOf(path), locRib.Paths[path].Attributes, flags);

    private void RemoveWhere(Func<PathFlags, bool> condition, int count) =>
        ForEach(condition, count, (row, path) => locRib.RemovePath(row, path, this));

    /// <summary>Walks those of the peer's paths that meet a condition.</summary>
    /// <param name="condition">On their flags.</param>
    /// <param name="count">How many there are: the walk ends after them.</param>
    /// <param name="action">Takes row and path.</param>
    private void ForEach(Func<PathFlags, bool> condition, int count, Action<int, int> action)
    {
        var found = new List<int>();
        for (var row = 1; count > 0 && row < locRib.Prefixes.End; row++)
        {
            // Found first: the decision that follows an action moves the best path in the list.
            for (var path = locRib.FirstPathOf(row, Peer); path != 0; path = locRib.NextPathOf(path))
            {
                if (condition(locRib.Paths[path].Flags))
                {
                    found.Add(path);
                }
            }

            foreach (var path in found)
            {
                action(row, path);
            }

            count -= found.Count;
            found.Clear();
        }
    }
}
