using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>One family: every prefix with its paths, the best one first. A change of the best path is noted in the journal
/// for the update groups, and for the best path sinks.</summary>
internal sealed class LocRib
{
    private readonly AttributeTable _attributes;
    private readonly PathSources _sources;
    private readonly DecisionProcess _decision;
    private readonly bool _multipath;

    /// <param name="family">The family.</param>
    /// <param name="paths">Paths of all families.</param>
    /// <param name="attributes">Attributes of all families.</param>
    /// <param name="sources">What is known of the peers.</param>
    /// <param name="multipath">The sinks want more than the best path.</param>
    public LocRib(AfiSafi family, PathTable paths, AttributeTable attributes, PathSources sources, bool multipath)
    {
        (Family, Paths, _attributes, _sources, _multipath) = (family, paths, attributes, sources, multipath);
        Prefixes = PrefixTable.Create(family);
        Journal = new ChangeJournal(Prefixes);
        _decision = new DecisionProcess(paths, attributes, sources);
    }

    /// <summary>The family.</summary>
    public AfiSafi Family { get; }

    /// <summary>The prefixes.</summary>
    public PrefixTable Prefixes { get; }

    /// <summary>The paths, of all families.</summary>
    public PathTable Paths { get; }

    /// <summary>Prefixes in the order in which they changed.</summary>
    public ChangeJournal Journal { get; }

    /// <summary>Who reads the journal.</summary>
    public List<IJournalReader> Readers { get; } = [];

    /// <summary>Rows whose best paths changed since the sinks were told.</summary>
    public List<int> ChangedForSinks { get; } = [];

    /// <summary>The best path of a prefix, or 0.</summary>
    public int BestOf(int row)
    {
        var first = Prefixes[row].FirstPath;
        return first != 0 && Paths[first].IsCandidate ? first : 0;
    }

    /// <summary>Best path and its equals, for the sinks.</summary>
    /// <returns>Valid until the next decision.</returns>
    public ReadOnlySpan<int> MultipathOf(int row) => _decision.SelectMultipath(Prefixes[row].FirstPath);

    /// <summary>True when a best path goes to peers with this key.</summary>
    public bool IsExported(int path, int row, ExportKey key)
    {
        ref var entry = ref Paths[path];
        return ExportRules.Exports(
            key, _sources[entry.Peer], _attributes.Inputs(entry.Attributes), Prefixes.PrefixOf(row));
    }

    /// <summary>The path of a prefix that a peer sent, or 0.</summary>
    public int FindPath(int row, PeerIndex peer)
    {
        var path = Prefixes[row].InUse ? Prefixes[row].FirstPath : 0;
        while (path != 0 && Paths[path].Peer != peer.Value)
        {
            path = Paths[path].Next;
        }

        return path;
    }

    /// <summary>Adds or replaces a peer's path and decides again.</summary>
    public void SetPath(int row, AdjRibIn adjRibIn, int attributes, PathFlags flags)
    {
        var (bestPeer, bestAttributes) = BestKey(row);
        var path = FindPath(row, adjRibIn.Peer);
        if (path == 0)
        {
            _attributes.AddReference(attributes);
            AddPath(row, new PathEntry { Attributes = attributes, Peer = adjRibIn.Peer.Value, Flags = flags });
            adjRibIn.Count(flags, 1);
            Decide(row, bestPeer, bestAttributes);
            return;
        }

        ref var entry = ref Paths[path];
        adjRibIn.Count(entry.Flags, -1);
        adjRibIn.Count(flags, 1);
        var replaced = entry.Attributes;
        var onlyStaleness = replaced == attributes && ((entry.Flags ^ flags) & PathFlags.Excluded) == 0;
        entry.Flags = flags;
        if (onlyStaleness)
        {
            return;
        }

        _attributes.AddReference(attributes);
        entry.Attributes = attributes;
        Decide(row, bestPeer, bestAttributes);
        _attributes.Release(replaced); // after the decision, so that the index cannot be another set's by then
    }

    /// <summary>Removes a peer's path and decides again.</summary>
    public void RemovePath(int row, AdjRibIn adjRibIn)
    {
        var path = FindPath(row, adjRibIn.Peer);
        if (path == 0)
        {
            return;
        }

        var (bestPeer, bestAttributes) = BestKey(row);
        var (removed, flags) = (Paths[path].Attributes, Paths[path].Flags);
        Unlink(row, path);
        Paths.Remove(path);
        adjRibIn.Count(flags, -1);
        Decide(row, bestPeer, bestAttributes);
        _attributes.Release(removed);
    }

    /// <summary>Notes a row for the sinks.</summary>
    public void NoteForSinks(int row)
    {
        ref var entry = ref Prefixes[row];
        if (!entry.SinkPending)
        {
            entry.SinkPending = true;
            ChangedForSinks.Add(row);
        }
    }

    /// <summary>Peer and attributes of the best path; attributes 0 when there is none.</summary>
    private (ushort Peer, int Attributes) BestKey(int row)
    {
        var best = BestOf(row);
        return best == 0 ? default : (Paths[best].Peer, Paths[best].Attributes);
    }

    private void Decide(int row, ushort oldPeer, int oldAttributes)
    {
        var best = _decision.SelectBest(Prefixes[row].FirstPath);
        if (best != 0 && best != Prefixes[row].FirstPath)
        {
            Unlink(row, best);
            Paths[best].Next = Prefixes[row].FirstPath;
            Prefixes[row].FirstPath = best;
        }

        var changed = BestKey(row) != (oldPeer, oldAttributes);
        if (changed || _multipath)
        {
            NoteForSinks(row);
        }

        // A row that lost its last path is noted even when nobody had heard of it: the journal frees it.
        if (changed || Prefixes[row].FirstPath == 0)
        {
            Journal.Append(row, Readers);
        }
    }

    /// <summary>Adds behind the first path, which stays the best until the decision says otherwise.</summary>
    private void AddPath(int row, PathEntry entry)
    {
        var first = Prefixes[row].FirstPath;
        if (first == 0)
        {
            Prefixes[row].FirstPath = Paths.Add(entry);
            return;
        }

        entry.Next = Paths[first].Next;
        var added = Paths.Add(entry);
        Paths[first].Next = added;
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
