using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>One family: every prefix with its paths, the best one first. A change of the best path is noted in the journal
/// for the update groups, and for the best path sinks.</summary>
internal sealed class LocRib
{
    /// <summary>Paths of one prefix that are kept of one peer: what finds a path looks at them all, so a peer must not be
    /// able to send a million (RFC 7911 §7 warns of their cost).</summary>
    public const int MostPathsOfPeer = 128;

    private readonly AttributeTable _attributes;
    private readonly DecisionProcess _decision;
    private readonly MultipathRules _multipath;
    private readonly EqualPaths _equal;

    /// <param name="family">The family.</param>
    /// <param name="paths">Paths of all families.</param>
    /// <param name="attributes">Attributes of all families.</param>
    /// <param name="sources">What is known of the peers.</param>
    /// <param name="nextHops">How the next hops of all families are reached.</param>
    /// <param name="multipath">Which paths the sinks want beside the best one.</param>
    public LocRib(
        AfiSafi family,
        PathTable paths,
        AttributeTable attributes,
        PathSources sources,
        NextHopTable nextHops,
        MultipathRules multipath)
    {
        (Family, Paths, _attributes, _multipath) = (family, paths, attributes, multipath);
        Prefixes = PrefixTable.Create(family);
        Journal = new ChangeJournal(Prefixes);
        _decision = new DecisionProcess(paths, attributes, sources, nextHops);
        _equal = new EqualPaths(paths, attributes, sources, _decision, multipath);
    }

    /// <summary>The family.</summary>
    public AfiSafi Family { get; }

    /// <summary>The prefixes.</summary>
    public PrefixTable Prefixes { get; }

    /// <summary>The paths, of all families.</summary>
    public PathTable Paths { get; }

    /// <summary>Their attributes.</summary>
    public AttributeTable Attributes => _attributes;

    /// <summary>Prefixes in the order in which they changed.</summary>
    public ChangeJournal Journal { get; }

    /// <summary>Who reads the journal.</summary>
    public List<IJournalReader> Readers { get; } = [];

    /// <summary>Somebody reads all paths of a prefix (RFC 7911), so the journal has more than changes of the best
    /// one.</summary>
    public bool NotesAllPaths { get; set; }

    /// <summary>Somebody wants to know of best paths beside the peers.</summary>
    public bool HasSinks { get; init; }

    /// <summary>Rows whose best paths changed since the sinks were told.</summary>
    public List<int> ChangedForSinks { get; } = [];

    /// <summary>The best path of a prefix, or 0.</summary>
    public int BestOf(int row)
    {
        var first = Prefixes[row].FirstPath;
        return first != 0 && Paths[first].IsCandidate ? first : 0;
    }

    /// <summary>The best of a prefix's candidates that are left, or 0; again and again it ranks them.</summary>
    public int BestOf(int row, List<int> except) => _decision.SelectBest(Prefixes[row].FirstPath, except);

    /// <summary>Best path and its equals, for the sinks.</summary>
    /// <returns>Valid until the next decision.</returns>
    public IReadOnlyList<int> MultipathOf(int row) => _equal.Of(BestOf(row));

    /// <summary>The path of a prefix that a peer sent under an identifier, or 0.</summary>
    public int FindPath(int row, PeerIndex peer, uint pathId)
    {
        var path = FirstPathOf(row, peer);
        while (path != 0 && Paths.PathIdOf(path) != pathId)
        {
            path = NextPathOf(path);
        }

        return path;
    }

    /// <summary>A peer's first path of a prefix, or 0; for a walk over all of them.</summary>
    public int FirstPathOf(int row, PeerIndex peer)
    {
        ref var entry = ref Prefixes[row];
        return entry.InUse && entry.MayHavePathOf(peer.Value) ? SkipTo(peer.Value, entry.FirstPath) : 0;
    }

    /// <summary>The same peer's next path of the same prefix, or 0.</summary>
    public int NextPathOf(int path) => SkipTo(Paths[path].Peer, Paths[path].Next);

    /// <summary>Adds or replaces a peer's path and decides again.</summary>
    /// <param name="row">The prefix.</param>
    /// <param name="adjRibIn">Whose path.</param>
    /// <param name="pathId">Its identifier; 0 from a peer that sends one path of a prefix.</param>
    /// <param name="received">Attributes as the peer sent them.</param>
    /// <param name="effective">What the import policy made of them; the path takes references to both.</param>
    /// <param name="flags">What is known beside them.</param>
    public void SetPath(int row, AdjRibIn adjRibIn, uint pathId, int received, int effective, PathFlags flags)
    {
        if (Prefixes[row].FirstPath == 0)
        {
            AddOnlyPath(row, adjRibIn, pathId, received, effective, flags);
            return;
        }

        var path = FindPath(row, adjRibIn.Peer, pathId);
        if (path == 0 && pathId != 0 && CountPaths(row, adjRibIn.Peer) >= MostPathsOfPeer)
        {
            adjRibIn.Refused++;
        }
        else if (path == 0)
        {
            AddPath(row, adjRibIn, pathId, received, effective, flags);
        }
        else
        {
            ReplacePath(row, path, adjRibIn, received, effective, flags);
        }
    }

    /// <summary>Changes what is held of a path and decides again.</summary>
    public void ReplacePath(int row, int path, AdjRibIn adjRibIn, int received, int effective, PathFlags flags)
    {
        var (bestPeer, bestAttributes) = BestKey(row);
        ref var entry = ref Paths[path];
        adjRibIn.Count(entry.Flags, -1);
        adjRibIn.Count(flags, 1);
        var (oldReceived, oldEffective) = (Paths.ReceivedOf(path), entry.Attributes);
        var onlyStaleness = oldEffective == effective && ((entry.Flags ^ flags) & PathFlags.Excluded) == 0;
        entry.Flags = flags;
        if (onlyStaleness && oldReceived == received)
        {
            return;
        }

        if (oldReceived != received)
        {
            Paths.SetSince(path, adjRibIn.Stamp);
        }

        TakeReferences(received, effective);
        Paths.SetAttributes(path, received, effective);
        NoteMed(row, effective);
        if (!onlyStaleness)
        {
            Decide(row, bestPeer, bestAttributes);
        }
        else if (NotesAllPaths)
        {
            Journal.Append(row, bestChanged: false, Readers); // for those who read what was received
        }

        ReleaseReferences(oldReceived, oldEffective);
    }

    /// <summary>Removes a path and decides again.</summary>
    public void RemovePath(int row, int path, AdjRibIn adjRibIn)
    {
        var (bestPeer, bestAttributes) = BestKey(row);
        var (received, effective, flags) = (Paths.ReceivedOf(path), Paths[path].Attributes, Paths[path].Flags);
        var best = BestOf(row);
        Unlink(row, path);
        Paths.Remove(path);
        adjRibIn.Count(flags, -1);
        if (path != best && best != 0 && !Prefixes[row].HasMed)
        {
            Settle(row, best, bestPeer, bestAttributes); // it had lost to the best path, and to nobody through it
        }
        else
        {
            Decide(row, bestPeer, bestAttributes);
        }

        ReleaseReferences(received, effective);
    }

    /// <summary>Decides again, as something that the paths do not hold has changed, and tells the sinks in any case.</summary>
    public void Redecide(int row)
    {
        var (bestPeer, bestAttributes) = BestKey(row);
        Decide(row, bestPeer, bestAttributes);
        NoteForSinks(row);
    }

    /// <summary>Notes a row for the sinks.</summary>
    public void NoteForSinks(int row)
    {
        ref var entry = ref Prefixes[row];
        if (HasSinks && !entry.SinkPending)
        {
            entry.SinkPending = true;
            ChangedForSinks.Add(row);
        }
    }

    private int CountPaths(int row, PeerIndex peer)
    {
        var count = 0;
        for (var path = FirstPathOf(row, peer); path != 0; path = NextPathOf(path))
        {
            count++;
        }

        return count;
    }

    private int SkipTo(ushort peer, int path)
    {
        while (path != 0 && Paths[path].Peer != peer)
        {
            path = Paths[path].Next;
        }

        return path;
    }

    private void TakeReferences(int received, int effective)
    {
        _attributes.AddReference(effective);
        if (received != effective)
        {
            _attributes.AddReference(received);
        }
    }

    /// <summary>Only after the decision, so that no index becomes another set's while it is compared.</summary>
    private void ReleaseReferences(int received, int effective)
    {
        _attributes.Release(effective);
        if (received != effective)
        {
            _attributes.Release(received);
        }
    }

    /// <summary>Peer and attributes of the best path; attributes 0 when there is none.</summary>
    private (ushort Peer, int Attributes) BestKey(int row)
    {
        var best = BestOf(row);
        return best == 0 ? default : (Paths[best].Peer, Paths[best].Attributes);
    }

    private void Decide(int row, ushort oldPeer, int oldAttributes) =>
        Settle(row, _decision.SelectBest(Prefixes[row].FirstPath), oldPeer, oldAttributes);

    /// <summary>Puts the best path first and notes what follows from it.</summary>
    private void Settle(int row, int best, ushort oldPeer, int oldAttributes)
    {
        if (best != 0 && best != Prefixes[row].FirstPath)
        {
            Unlink(row, best);
            Paths[best].Next = Prefixes[row].FirstPath;
            Prefixes[row].FirstPath = best;
        }

        Note(row, changed: BestKey(row) != (oldPeer, oldAttributes));
    }

    /// <summary>Notes what follows from a decision.</summary>
    private void Note(int row, bool changed)
    {
        if (changed || _multipath.MaximumPaths > 1)
        {
            NoteForSinks(row);
        }

        if (Prefixes[row].FirstPath == 0)
        {
            Prefixes[row].ForgetPaths();
        }

        // A row that lost its last path is noted even when nobody had heard of it: the journal frees it.
        if (changed || NotesAllPaths || Prefixes[row].FirstPath == 0)
        {
            Journal.Append(row, changed, Readers);
        }
    }

    /// <summary>A prefix nobody else has a path of: there is nothing to decide. Most of a table goes this way.</summary>
    private void AddOnlyPath(int row, AdjRibIn adjRibIn, uint pathId, int received, int effective, PathFlags flags)
    {
        Prefixes[row].FirstPath = NewPath(row, adjRibIn, pathId, received, effective, flags);
        Note(row, changed: (flags & PathFlags.Excluded) == 0);
    }

    private void AddPath(int row, AdjRibIn adjRibIn, uint pathId, int received, int effective, PathFlags flags)
    {
        var (bestPeer, bestAttributes) = BestKey(row);
        var added = NewPath(row, adjRibIn, pathId, received, effective, flags);

        // Behind the first path, which stays the best until the decision says otherwise.
        var first = Prefixes[row].FirstPath;
        Paths[added].Next = Paths[first].Next;
        Paths[first].Next = added;
        if (bestAttributes == 0 || Prefixes[row].HasMed)
        {
            Decide(row, bestPeer, bestAttributes);
        }
        else if (Paths[added].IsCandidate && _decision.Beats(added, first))
        {
            Settle(row, added, bestPeer, bestAttributes);
        }
        else
        {
            Note(row, changed: false);
        }
    }

    /// <summary>Takes an entry for a path; where it stands among those of its prefix is the caller's business.</summary>
    private int NewPath(int row, AdjRibIn adjRibIn, uint pathId, int received, int effective, PathFlags flags)
    {
        TakeReferences(received, effective);
        adjRibIn.Count(flags, 1);
        NoteMed(row, effective);
        Prefixes[row].NotePathOf(adjRibIn.Peer.Value);
        return Paths.Add(
            new PathEntry { Attributes = effective, Peer = adjRibIn.Peer.Value, Flags = flags },
            pathId,
            received == effective ? 0 : received,
            adjRibIn.Stamp);
    }

    private void NoteMed(int row, int attributes)
    {
        if (_attributes.Inputs(attributes).Med != 0)
        {
            Prefixes[row].HasMed = true;
        }
    }

    private void Unlink(int row, int path)
    {
        ref var link = ref Prefixes[row].FirstPath;
        while (link != path)
        {
            link = ref Paths[link].Next;
        }

        link = Paths[path].Next;
    }
}
