using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Nlri;

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

    /// <summary>Paths kept from before the peer's restart.</summary>
    public int Stale { get; private set; }

    /// <summary>The peer announces a prefix, or announces it anew.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="attributes">Attributes; the path takes a reference of its own.</param>
    /// <param name="flags">What the attributes and the filter say.</param>
    public void Announce(Prefix prefix, int attributes, PathFlags flags) =>
        locRib.SetPath(locRib.Prefixes.FindOrAdd(prefix), this, attributes, flags);

    /// <summary>The peer withdraws a prefix; nothing happens when it never announced it.</summary>
    public void Withdraw(Prefix prefix)
    {
        var row = locRib.Prefixes.Find(prefix);
        if (row != 0)
        {
            locRib.RemovePath(row, this);
        }
    }

    /// <summary>All routes go.</summary>
    public void Clear() => RemoveWhere(static _ => true, Received);

    /// <summary>All routes become stale; those that are stale already go (RFC 4724 §4.2: a peer that restarts again before
    /// it has sent End-of-RIB).</summary>
    public void MarkStale()
    {
        SweepStale();
        for (int row = 1, left = Received; left > 0 && row < locRib.Prefixes.End; row++)
        {
            var path = locRib.FindPath(row, Peer);
            if (path != 0)
            {
                ref var entry = ref locRib.Paths[path];
                locRib.SetPath(row, this, entry.Attributes, entry.Flags | PathFlags.Stale);
                left--;
            }
        }
    }

    /// <summary>Stale routes go: what the peer has not announced again is no longer true.</summary>
    public void SweepStale() => RemoveWhere(static flags => (flags & PathFlags.Stale) != 0, Stale);

    /// <summary>Applies another import filter to what is held.</summary>
    public void Reevaluate(RouteFilter filter)
    {
        for (int row = 1, left = Received; left > 0 && row < locRib.Prefixes.End; row++)
        {
            var path = locRib.FindPath(row, Peer);
            if (path == 0)
            {
                continue;
            }

            ref var entry = ref locRib.Paths[path];
            var flags = entry.Flags & ~PathFlags.Filtered;
            flags |= filter.Accepts(locRib.Prefixes.PrefixOf(row)) ? PathFlags.None : PathFlags.Filtered;
            locRib.SetPath(row, this, entry.Attributes, flags);
            left--;
        }
    }

    /// <summary>Keeps the counts; called by the <see cref="LocRib"/> alone.</summary>
    public void Count(PathFlags flags, int change)
    {
        Received += change;
        Accepted += (flags & PathFlags.Excluded) == 0 ? change : 0;
        Stale += (flags & PathFlags.Stale) != 0 ? change : 0;
    }

    private void RemoveWhere(Func<PathFlags, bool> condition, int left)
    {
        for (var row = 1; left > 0 && row < locRib.Prefixes.End; row++)
        {
            var path = locRib.FindPath(row, Peer);
            if (path != 0 && condition(locRib.Paths[path].Flags))
            {
                locRib.RemovePath(row, this);
                left--;
            }
        }
    }
}
