using System.Runtime.InteropServices;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib.Export;

/// <summary>One slice of work for one view: takes changed prefixes, sorts them by source and attributes, encodes them once,
/// and hands them to every member.</summary>
/// <remarks>
/// <code>
///  walk or journal > changes > export policy > announcements by (source, attributes) > UpdateEncoder > MessageBuffers
///                                            > withdrawals by source                     > each member, less its own segments
/// </code>
/// A member that is the new source of a prefix it had from another gets a withdrawal of its own. What has been advertised
/// is noted only for members that took the round: the others leave with the state from before it.
/// Shared by all groups of a family, so its arrays are made once.
/// </remarks>
internal sealed class ExportRound(LocRib locRib, UpdateEncoder encoder, ExportPolicyPass policies)
{
    /// <summary>Prefixes in a round: enough to pack well, few enough to return soon to the inbox.</summary>
    private const int MostChanges = 4096;

    private readonly List<RouteChange> _changes = new(MostChanges);
    private readonly List<int> _exported = []; // the paths of the prefix being looked at

    // One element for each change: sort keys, the changes' numbers in their order, and what the encoder is handed.
    private ulong[] _keys = new ulong[MostChanges];
    private int[] _order = new int[MostChanges];
    private int[] _rows = new int[MostChanges];
    private uint[] _pathIds = [];

    private readonly MessageBuffers _shared = new();
    private readonly MessageBuffers _single = new();
    private readonly List<EncodedMessages> _forMember = [];
    private readonly List<EncodedMessages> _slices = [];
    private bool _sourceMoved;
    private (ushort Peer, int Attributes) _judged; // of the path asked about last, in this round
    private bool _isExported;

    /// <summary>Does one slice.</summary>
    /// <returns>True when it did something.</returns>
    public bool Run(UpdateGroup group, ExportView view)
    {
        var journalEnd = locRib.Journal.End;
        if (!view.HasWork(journalEnd) || view.Members.TrueForAll(member => member.IsBlocked))
        {
            return false;
        }

        if (view.NextRow == 1)
        {
            SendBeginOfRefresh(view);
        }

        if (view.Members.Exists(member => member.IsBlocked))
        {
            group.Split(view, member => member.IsBlocked);
        }

        var (position, nextRow) = (view.JournalPosition, view.NextRow);
        Collect(group, view, ref position, ref nextRow);
        if (group.Policy is { } policy)
        {
            policies.Apply(policy, group.Key, _changes);
        }

        Encode(group, view);
        policies.Release();
        Deliver(group, view);
        if (view.Members.TrueForAll(member => member.IsBlocked))
        {
            return true;
        }

        foreach (ref readonly var change in CollectionsMarshal.AsSpan(_changes))
        {
            view.SetAdvertised(change);
        }

        (view.JournalPosition, view.NextRow) = (position, nextRow);
        if (!view.IsWalking && position == journalEnd)
        {
            SendEnds(view);
        }

        return true;
    }

    private void Collect(UpdateGroup group, ExportView view, ref long position, ref int nextRow)
    {
        _changes.Clear();
        _sourceMoved = false;
        _judged = default; // no path has attributes 0
        if (nextRow != 0)
        {
            for (; nextRow < locRib.Prefixes.End && _changes.Count < MostChanges; nextRow++)
            {
                // What waits in the journal is met there; here it would be told twice. Not so where the journal brings only
                // what changed since it was told.
                if (locRib.Prefixes[nextRow].InUse
                    && (view.ReadsAllPaths || !locRib.Journal.Holds(nextRow, position)))
                {
                    Consider(group, view, nextRow);
                }
            }

            nextRow = nextRow < locRib.Prefixes.End ? nextRow : 0;
            return;
        }

        while (_changes.Count < MostChanges && locRib.Journal.TryRead(ref position, view.ReadsAllPaths, out var row))
        {
            Consider(group, view, row);
        }
    }

    private void Consider(UpdateGroup group, ExportView view, int row)
    {
        if (view.Paths is { } advertised)
        {
            ConsiderPaths(group, view, advertised, row);
            return;
        }

        var before = view.AdvertisedSource(row);
        var best = locRib.BestOf(row);
        if (best != 0 && IsExported(best, row, group.Key))
        {
            ref var path = ref locRib.Paths[best];
            _sourceMoved |= before is not null && before.Value.Value != path.Peer;
            _changes.Add(new RouteChange(row, 0, before, new PeerIndex(path.Peer), path.Attributes));
        }
        else if (before is not null)
        {
            _changes.Add(new RouteChange(row, 0, before, null, 0));
        }
    }

    /// <summary>As <see cref="LocRib.IsExported"/>; prefixes that share attributes and source come together, and unless the
    /// prefix matters they share the verdict.</summary>
    private bool IsExported(int best, int row, ExportKey key)
    {
        ref var path = ref locRib.Paths[best];
        if (key.Wanted is not null || (path.Peer, path.Attributes) != _judged)
        {
            _judged = (path.Peer, path.Attributes);
            _isExported = locRib.IsExported(best, row, key);
        }

        return _isExported;
    }

    /// <summary>RFC 7911: every path that is exported, and withdrawals of those that no longer are. Outside a walk only
    /// what changed.</summary>
    private void ConsiderPaths(UpdateGroup group, ExportView view, AdvertisedPaths advertised, int row)
    {
        locRib.CollectExported(row, group.Key, _exported);
        foreach (var path in _exported)
        {
            ref var entry = ref locRib.Paths[path];
            var source = new PeerIndex(entry.Peer);
            var sent = advertised.Find(row, (uint)path);
            if (sent == 0)
            {
                _changes.Add(new RouteChange(row, (uint)path, null, source, entry.Attributes));
            }
            else if (view.IsWalking || advertised[sent].Source != source
                || advertised[sent].Attributes != entry.Attributes)
            {
                _sourceMoved |= advertised[sent].Source != source;
                _changes.Add(new RouteChange(row, (uint)path, advertised[sent].Source, source, entry.Attributes));
            }
        }

        for (var sent = advertised.FirstOf(row); sent != 0; sent = advertised[sent].Next)
        {
            if (!_exported.Contains((int)advertised[sent].PathId))
            {
                _changes.Add(new RouteChange(row, advertised[sent].PathId, advertised[sent].Source, null, 0));
            }
        }
    }

    private void Encode(UpdateGroup group, ExportView view)
    {
        MakeRoom(view);
        _shared.Begin(large: _changes.Count > 64);
        EncodeAnnouncements(group, view);
        EncodeWithdrawals(view);
        _shared.End();
    }

    private void EncodeAnnouncements(UpdateGroup group, ExportView view)
    {
        var count = 0;
        var changes = CollectionsMarshal.AsSpan(_changes);
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i].Now is { } source)
            {
                _keys[count] = ((ulong)source.Value << 32) | (uint)changes[i].Sent;
                _order[count++] = i;
            }
        }

        var keys = _keys.AsSpan(0, count);
        var indexes = _order.AsSpan(0, count);
        SortTogether(keys, indexes);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }

            AnnounceRun(group, view, keys[start], indexes[start..end]);
            start = end;
        }
    }

    /// <summary>Sorts by key. Not seldom that is done: a table comes with the prefixes of a set together, and sets that are new
    /// get ascending numbers.</summary>
    private static void SortTogether(Span<ulong> keys, Span<int> indexes)
    {
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i] < keys[i - 1])
            {
                keys.Sort(indexes);
                return;
            }
        }
    }

    private void AnnounceRun(UpdateGroup group, ExportView view, ulong key, Span<int> indexes)
    {
        var source = new PeerIndex((ushort)(key >> 32));
        _shared.SetSource(MemberOrNull(view, source));
        if (!encoder.TryAnnounce(_shared, group.Key, (int)(uint)key, source, List(view, indexes)))
        {
            // No message can hold it (RFC 4271 §9.2): the prefixes become unreachable through us rather than stale.
            foreach (var index in indexes)
            {
                _changes[index] = _changes[index] with { Now = null };
            }
        }
    }

    private void EncodeWithdrawals(ExportView view)
    {
        var count = 0;
        var changes = CollectionsMarshal.AsSpan(_changes);
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i] is { Now: null, Before: { } before })
            {
                _keys[count] = before.Value;
                _order[count++] = i;
            }
        }

        var keys = _keys.AsSpan(0, count);
        var indexes = _order.AsSpan(0, count);
        SortTogether(keys, indexes);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }

            _shared.SetSource(MemberOrNull(view, new PeerIndex((ushort)keys[start])));
            encoder.Withdraw(_shared, List(view, indexes[start..end]));
            start = end;
        }
    }

    private void Deliver(UpdateGroup group, ExportView view)
    {
        var refused = false;
        foreach (var member in view.Members)
        {
            _forMember.Clear();
            _slices.Clear();
            _shared.CollectFor(member.Peer, _forMember, _slices);
            if (_sourceMoved)
            {
                CollectOwnWithdrawals(view, member);
            }

            if (_forMember.Count > 0 && !member.Output.TryWrite(CollectionsMarshal.AsSpan(_forMember)))
            {
                refused = member.IsBlocked = true;
            }

            foreach (var slice in _slices)
            {
                slice.Release();
            }

            _single.Release();
        }

        _shared.Release();
        if (refused && view.Members.Exists(member => !member.IsBlocked))
        {
            group.Split(view, member => member.IsBlocked);
        }
    }

    /// <summary>Withdrawals for the one member that is now the source of what it had from another.</summary>
    private void CollectOwnWithdrawals(ExportView view, GroupMember member)
    {
        var count = 0;
        for (var i = 0; i < _changes.Count; i++)
        {
            if (_changes[i].Now == member.Peer && _changes[i].Before is { } before && before != member.Peer)
            {
                _order[count++] = i;
            }
        }

        if (count > 0)
        {
            _single.Begin(large: false);
            encoder.Withdraw(_single, List(view, _order.AsSpan(0, count)));
            _single.End();
            _single.CollectFor(member.Peer, _forMember, _slices);
        }
    }

    /// <summary>Changes by their numbers, as the encoder takes them.</summary>
    private RouteList List(ExportView view, ReadOnlySpan<int> indexes)
    {
        var changes = CollectionsMarshal.AsSpan(_changes);
        for (var i = 0; i < indexes.Length; i++)
        {
            _rows[i] = changes[indexes[i]].Row;
        }

        if (!view.ReadsAllPaths)
        {
            return new RouteList(_rows.AsSpan(0, indexes.Length), []);
        }

        for (var i = 0; i < indexes.Length; i++)
        {
            _pathIds[i] = _changes[indexes[i]].PathId;
        }

        return new RouteList(_rows.AsSpan(0, indexes.Length), _pathIds.AsSpan(0, indexes.Length));
    }

    /// <summary>The last prefix of a round may bring more paths than the round has room for.</summary>
    private void MakeRoom(ExportView view)
    {
        if (_changes.Count > _keys.Length)
        {
            Array.Resize(ref _keys, _changes.Count);
            Array.Resize(ref _order, _changes.Count);
            Array.Resize(ref _rows, _changes.Count);
        }

        if (view.ReadsAllPaths && _pathIds.Length < _keys.Length)
        {
            _pathIds = new uint[_keys.Length];
        }
    }

    /// <summary>What goes to single members at the begin of a walk.</summary>
    private void SendBeginOfRefresh(ExportView view)
    {
        foreach (var member in view.Members)
        {
            if (member.OwesBeginOfRefresh && TrySend(member, RouteRefreshSubtype.Begin))
            {
                (member.OwesBeginOfRefresh, member.OwesEndOfRefresh) = (false, true);
            }
        }
    }

    /// <summary>What goes to single members when they have been told all there is.</summary>
    private void SendEnds(ExportView view)
    {
        foreach (var member in view.Members)
        {
            member.OwesEndOfRib = member.OwesEndOfRib && !TrySend(member, mark: null);
            member.OwesEndOfRefresh = member.OwesEndOfRefresh && !TrySend(member, RouteRefreshSubtype.End);
        }
    }

    /// <summary>Sends End-of-RIB, or a mark of a refresh, to one member.</summary>
    private bool TrySend(GroupMember member, RouteRefreshSubtype? mark)
    {
        _forMember.Clear();
        _single.Begin(large: false);
        if (mark is { } subtype)
        {
            encoder.Mark(_single, subtype);
        }
        else
        {
            encoder.EndOfRib(_single);
        }

        _single.End();
        _single.CollectFor(member.Peer, _forMember, _slices);
        member.IsBlocked |= !member.Output.TryWrite(CollectionsMarshal.AsSpan(_forMember));
        _single.Release();
        return !member.IsBlocked;
    }

    /// <summary>A loop, as it runs for every set of attributes: a closure would be an object for each.</summary>
    private static PeerIndex? MemberOrNull(ExportView view, PeerIndex source)
    {
        foreach (var member in view.Members)
        {
            if (member.Peer == source)
            {
                return source;
            }
        }

        return null;
    }
}
