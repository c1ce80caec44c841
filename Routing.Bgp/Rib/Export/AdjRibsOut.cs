using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Export;

/// <summary>What all peers of one family are told: the update groups, and the one round they share.</summary>
internal sealed class AdjRibsOut(
    LocRib locRib,
    ExportSelection exports,
    AttributeTable attributes,
    PathSources sources,
    SpeakerIdentity own,
    PolicyRun policies)
{
    private readonly Dictionary<ExportKey, UpdateGroup> _groups = [];
    private readonly Dictionary<PeerIndex, (UpdateGroup Group, GroupMember Member)> _members = [];
    private readonly Dictionary<GroupMember, UpdateGroup> _watchers = [];
    private readonly List<IJournalReader> _readers = []; // those besides the views
    private readonly ExportRound _round = new(
        locRib,
        exports,
        new UpdateEncoder(locRib.Prefixes, attributes, sources, own),
        new ExportPolicyPass(locRib.Prefixes, sources, own, policies));

    /// <summary>The groups in no order, each run in turn; a list so that a round allocates no enumerator.</summary>
    private ImmutableArray<UpdateGroup> _inTurn = [];

    /// <summary>The groups, for tests and status.</summary>
    public IEnumerable<UpdateGroup> Groups => _groups.Values;

    /// <summary>A session came up: the peer gets the full table, then End-of-RIB.</summary>
    public void Join(PeerIndex peer, IPeerOutput output, ExportKey key)
    {
        var member = new GroupMember(peer, output);
        var group = GroupFor(key);
        group.Join(member, locRib.Journal.End);
        _members[peer] = (group, member);
        NoteReaders();
    }

    /// <summary>A session went down.</summary>
    public void Leave(PeerIndex peer)
    {
        if (_members.Remove(peer, out var place))
        {
            place.Group.Leave(place.Member);
            RemoveIfEmpty(place.Group);
            NoteReaders();
        }
    }

    /// <summary>The peer gets everything again, by the rules of the key: after a route refresh (RFC 2918 §4) or a change of
    /// its configuration. What it was told and is no longer true is withdrawn.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="key">The rules.</param>
    /// <param name="isMarked">It is told where the answer begins and ends (RFC 7313 §4).</param>
    public void Refresh(PeerIndex peer, ExportKey key, bool isMarked = false)
    {
        if (!_members.TryGetValue(peer, out var place))
        {
            return;
        }

        place.Member.OwesBeginOfRefresh |= isMarked && !place.Member.OwesEndOfRib; // RFC 7313 §4: not before End-of-RIB
        _members[peer] = (Move(place.Group, place.Member, key), place.Member);
    }

    /// <summary>Somebody reads along what a peer is told, or would be by another key: the full table, End-of-RIB, and what
    /// follows.</summary>
    public void Watch(GroupMember watcher, ExportKey key)
    {
        var group = GroupFor(key);
        group.Join(watcher, locRib.Journal.End);
        _watchers[watcher] = group;
        NoteReaders();
    }

    /// <summary>The peer that is watched is told by another key now.</summary>
    public void FollowKey(GroupMember watcher, ExportKey key)
    {
        if (_watchers.TryGetValue(watcher, out var group) && group.Key != key)
        {
            _watchers[watcher] = Move(group, watcher, key);
        }
    }

    /// <summary>Somebody reads along no more.</summary>
    public void Unwatch(GroupMember watcher)
    {
        if (_watchers.Remove(watcher, out var group))
        {
            group.Leave(watcher);
            RemoveIfEmpty(group);
            NoteReaders();
        }
    }

    /// <summary>The journal keeps what this reader has still to read.</summary>
    public void AddReader(IJournalReader reader)
    {
        _readers.Add(reader);
        NoteReaders();
    }

    /// <summary>The reader reads no more.</summary>
    public void RemoveReader(IJournalReader reader)
    {
        _readers.Remove(reader);
        NoteReaders();
    }

    /// <summary>Every peer gets everything again: something about the sources of routes changed.</summary>
    public void RefreshAll()
    {
        foreach (var view in _groups.Values.SelectMany(group => group.Views))
        {
            view.Restart();
        }
    }

    /// <summary>The key by which a peer is served now, or null.</summary>
    public ExportKey? KeyOf(PeerIndex peer) => _members.TryGetValue(peer, out var place) ? place.Group.Key : null;

    /// <summary>The paths of a prefix that a peer was told; not those that have gone since, whose withdrawal is still to be
    /// sent.</summary>
    public IReadOnlyList<int> PathsAdvertisedTo(PeerIndex peer, int row)
    {
        if (!_members.TryGetValue(peer, out var place))
        {
            return [];
        }

        var view = place.Group.ViewOf(place.Member);
        var told = new List<int>();
        for (var path = locRib.Prefixes[row].FirstPath; path != 0; path = locRib.Paths[path].Next)
        {
            // Of several paths of one source the best one was told, and that is the first.
            var source = new PeerIndex(locRib.Paths[path].Peer);
            var isTold = view.Paths is { } paths
                ? paths.Find(row, (uint)path) is var entry && entry != 0 && paths[entry].Source == source
                : told.Count == 0 && view.AdvertisedSource(row) == source;
            if (isTold && source != peer)
            {
                told.Add(path);
            }
        }

        return told;
    }

    /// <summary>The view a peer is in; null when it is told nothing of the family.</summary>
    public ExportView? ViewOf(PeerIndex peer) =>
        _members.TryGetValue(peer, out var place) ? place.Group.ViewOf(place.Member) : null;

    /// <summary>True when a change of a prefix has still to be told to a peer.</summary>
    public bool IsBehind(PeerIndex peer, int row) =>
        _members.TryGetValue(peer, out var place)
        && place.Group.ViewOf(place.Member) is var view
        && ((view.IsWalking && row >= view.NextRow) || locRib.Journal.Holds(row, view.JournalPosition));

    /// <summary>The peer's output has room again.</summary>
    public void OnOutputReady(PeerIndex peer)
    {
        if (_members.TryGetValue(peer, out var place))
        {
            place.Member.IsBlocked = false;
        }
    }

    /// <summary>Routes advertised to each peer; a view is counted once for all its members.</summary>
    public IReadOnlyDictionary<PeerIndex, int> CountAdvertised()
    {
        var advertised = new Dictionary<PeerIndex, int>(_members.Count);
        foreach (var view in _groups.Values.SelectMany(group => group.Views))
        {
            var bySource = view.CountBySource();
            foreach (var member in view.Members)
            {
                advertised[member.Peer] = AllButOf(bySource, member.Peer);
            }
        }

        return advertised;
    }

    /// <summary>Routes advertised to one peer.</summary>
    public int CountAdvertisedTo(PeerIndex peer) => ViewOf(peer) is { } view ? AllButOf(view.CountBySource(), peer) : 0;

    /// <summary>One slice of work for every view that can take it, then forgets what all have read.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public bool Run()
    {
        var worked = false;
        foreach (var group in _inTurn)
        {
            // Backwards: views that a slice adds wait for the next turn, and one that merges may go.
            for (var i = group.Views.Count - 1; i >= 0; i--)
            {
                var view = group.Views[i];
                worked |= _round.Run(group, view);
                group.TryMerge(view, locRib.Journal.End);
            }
        }

        if (worked)
        {
            NoteReaders();
        }

        locRib.Journal.Trim(locRib.Readers);
        return worked;
    }

    /// <summary>Takes a member with its past to the group of a key, and has it told everything again.</summary>
    private UpdateGroup Move(UpdateGroup from, GroupMember member, ExportKey key)
    {
        var past = from.ViewOf(member).Split();
        past.Restart();
        from.Leave(member);
        RemoveIfEmpty(from);
        var group = GroupFor(key);
        group.Join(member, past);
        NoteReaders();
        return group;
    }

    private static int AllButOf(int[] bySource, PeerIndex peer) =>
        bySource.Sum() - (peer.Value < bySource.Length ? bySource[peer.Value] : 0);

    private UpdateGroup GroupFor(ExportKey key)
    {
        if (!_groups.TryGetValue(key, out var group))
        {
            group = new UpdateGroup(key, attributes, key.Filter.ProgramFor(locRib.Family));
            _groups.Add(key, group);
            _inTurn = [.. _groups.Values];
        }

        return group;
    }

    private void RemoveIfEmpty(UpdateGroup group)
    {
        if (group.Views.Count == 0)
        {
            _groups.Remove(group.Key);
            _inTurn = [.. _groups.Values];
        }
    }

    private void NoteReaders()
    {
        locRib.Readers.Clear();
        foreach (var group in _inTurn)
        {
            locRib.Readers.AddRange(group.Views);
        }

        locRib.Readers.AddRange(_readers);
        locRib.NotesAllPaths = locRib.Readers.Exists(static reader => reader.ReadsAllPaths);
    }
}
