using System.Runtime.InteropServices;

namespace Routing.Bgp.Rib.Export;

/// <summary>One slice of work for one view: takes changed prefixes, sorts them by source and attributes, encodes them once,
/// and hands them to every member.</summary>
/// <remarks>
/// <code>
///  walk or journal > changes > announcements by (source, attributes) > UpdateEncoder > MessageBuffers > each member,
///                            > withdrawals by source                                    less its own segments
/// </code>
/// A member that is the new source of a prefix it had from another gets a withdrawal of its own. What has been advertised
/// is noted only for members that took the round: the others leave with the state from before it.
/// Shared by all groups of a family, so its arrays are made once.
/// </remarks>
internal sealed class ExportRound(LocRib locRib, UpdateEncoder encoder)
{
    /// <summary>Prefixes in a round: enough to pack well, few enough to return soon to the inbox.</summary>
    private const int MostChanges = 4096;

    private readonly List<RouteChange> _changes = new(MostChanges);
    private readonly ulong[] _keys = new ulong[MostChanges];
    private readonly int[] _rows = new int[MostChanges];
    private readonly MessageBuffers _shared = new();
    private readonly MessageBuffers _single = new();
    private readonly List<EncodedMessages> _forMember = [];
    private readonly List<EncodedMessages> _slices = [];
    private bool _sourceMoved;

    /// <summary>Does one slice.</summary>
    /// <returns>True when it did something.</returns>
    public bool Run(UpdateGroup group, ExportView view)
    {
        var journalEnd = locRib.Journal.End;
        if (!view.HasWork(journalEnd) || view.Members.TrueForAll(member => member.IsBlocked))
        {
            return false;
        }

        if (view.Members.Exists(member => member.IsBlocked))
        {
            group.Split(view, member => member.IsBlocked);
        }

        var (position, nextRow) = (view.JournalPosition, view.NextRow);
        Collect(group, view, ref position, ref nextRow);
        Encode(group, view);
        Deliver(group, view);
        if (view.Members.TrueForAll(member => member.IsBlocked))
        {
            return true;
        }

        foreach (var change in _changes)
        {
            view.SetAdvertised(change.Row, change.Now);
        }

        (view.JournalPosition, view.NextRow) = (position, nextRow);
        if (!view.IsWalking)
        {
            SendEndOfRib(view);
        }

        return true;
    }

    private void Collect(UpdateGroup group, ExportView view, ref long position, ref int nextRow)
    {
        _changes.Clear();
        _sourceMoved = false;
        if (nextRow != 0)
        {
            for (; nextRow < locRib.Prefixes.End && _changes.Count < MostChanges; nextRow++)
            {
                // What waits in the journal is met there; here it would be told twice.
                if (locRib.Prefixes[nextRow].InUse && !locRib.Journal.Holds(nextRow, position))
                {
                    Consider(group, view, nextRow);
                }
            }

            nextRow = nextRow < locRib.Prefixes.End ? nextRow : 0;
            return;
        }

        while (_changes.Count < MostChanges && locRib.Journal.TryRead(ref position, out var row))
        {
            Consider(group, view, row);
        }
    }

    private void Consider(UpdateGroup group, ExportView view, int row)
    {
        var before = view.AdvertisedSource(row);
        var best = locRib.BestOf(row);
        if (best != 0 && locRib.IsExported(best, row, group.Key))
        {
            ref var path = ref locRib.Paths[best];
            _sourceMoved |= before is not null && before.Value.Value != path.Peer;
            _changes.Add(new RouteChange(row, before, new PeerIndex(path.Peer), path.Attributes));
        }
        else if (before is not null)
        {
            _changes.Add(new RouteChange(row, before, null, 0));
        }
    }

    private void Encode(UpdateGroup group, ExportView view)
    {
        _shared.Begin(large: _changes.Count > 64);
        EncodeAnnouncements(group, view);
        EncodeWithdrawals(view);
        _shared.End();
    }

    private void EncodeAnnouncements(UpdateGroup group, ExportView view)
    {
        var count = 0;
        for (var i = 0; i < _changes.Count; i++)
        {
            if (_changes[i].Now is { } source)
            {
                _keys[count] = ((ulong)source.Value << 32) | (uint)_changes[i].Attributes;
                _rows[count++] = i;
            }
        }

        var keys = _keys.AsSpan(0, count);
        var indexes = _rows.AsSpan(0, count);
        keys.Sort(indexes);
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

    private void AnnounceRun(UpdateGroup group, ExportView view, ulong key, Span<int> indexes)
    {
        var source = new PeerIndex((ushort)(key >> 32));
        _shared.SetSource(MemberOrNull(view, source));
        Span<int> rows = stackalloc int[indexes.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = _changes[indexes[i]].Row;
        }

        if (!encoder.TryAnnounce(_shared, group.Key, (int)(uint)key, source, rows))
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
        foreach (var change in _changes)
        {
            if (change is { Now: null, Before: { } before })
            {
                _keys[count] = before.Value;
                _rows[count++] = change.Row;
            }
        }

        var keys = _keys.AsSpan(0, count);
        var rows = _rows.AsSpan(0, count);
        keys.Sort(rows);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }

            _shared.SetSource(MemberOrNull(view, new PeerIndex((ushort)keys[start])));
            encoder.Withdraw(_shared, rows[start..end]);
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
                CollectOwnWithdrawals(member);
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
    private void CollectOwnWithdrawals(GroupMember member)
    {
        var count = 0;
        foreach (var change in _changes)
        {
            if (change.Now == member.Peer && change.Before is { } before && before != member.Peer)
            {
                _rows[count++] = change.Row;
            }
        }

        if (count > 0)
        {
            _single.Begin(large: false);
            encoder.Withdraw(_single, _rows.AsSpan(0, count));
            _single.End();
            _single.CollectFor(member.Peer, _forMember, _slices);
        }
    }

    private void SendEndOfRib(ExportView view)
    {
        foreach (var member in view.Members)
        {
            if (!member.OwesEndOfRib)
            {
                continue;
            }

            _forMember.Clear();
            _single.Begin(large: false);
            encoder.EndOfRib(_single);
            _single.End();
            _single.CollectFor(member.Peer, _forMember, _slices);
            member.IsBlocked = !member.Output.TryWrite(CollectionsMarshal.AsSpan(_forMember));
            member.OwesEndOfRib = member.IsBlocked;
            _single.Release();
        }
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
