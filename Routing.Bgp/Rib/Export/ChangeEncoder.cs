using System.Runtime.InteropServices;

namespace Routing.Bgp.Rib.Export;

/// <summary>Puts a round's changes in order by source and attributes, and has each run of them encoded once: announcements
/// first, then withdrawals by the source that was told.</summary>
/// <param name="encoder">Writes messages.</param>
/// <param name="changes">The round's changes; one that no message can hold becomes a withdrawal.</param>
internal sealed class ChangeEncoder(UpdateEncoder encoder, List<RouteChange> changes)
{
    private readonly List<RouteChange> _changes = changes;

    // One element for each change: sort keys, the changes' numbers in their order, and what the encoder is handed.
    private ulong[] _keys = new ulong[ChangeCollector.MostChanges];
    private int[] _order = new int[ChangeCollector.MostChanges];
    private int[] _rows = new int[ChangeCollector.MostChanges];
    private uint[] _pathIds = [];

    /// <summary>Encodes a round for all members of a view.</summary>
    public void Encode(ExportKey key, ExportView view, MessageBuffers into)
    {
        MakeRoom(view);
        into.Begin(large: _changes.Count > 64);
        EncodeAnnouncements(key, view, into);
        EncodeWithdrawals(view, into);
        into.End();
    }

    /// <summary>Encodes withdrawals for the one member that is now the source of what it had from another.</summary>
    /// <returns>False when there are none.</returns>
    public bool TryEncodeOwn(ExportView view, PeerIndex member, MessageBuffers into)
    {
        var count = 0;
        for (var i = 0; i < _changes.Count; i++)
        {
            if (_changes[i].Now == member && _changes[i].Before is { } before && before != member)
            {
                _order[count++] = i;
            }
        }

        if (count == 0)
        {
            return false;
        }

        into.Begin(large: false);
        encoder.Withdraw(into, List(view, _order.AsSpan(0, count)));
        into.End();
        return true;
    }

    private void EncodeAnnouncements(ExportKey key, ExportView view, MessageBuffers into)
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
            var end = EndOfRun(keys, start);
            AnnounceRun(key, view, keys[start], indexes[start..end], into);
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

    /// <summary>Behind the last of the keys that are the same as the one at <paramref name="start"/>.</summary>
    private static int EndOfRun(ReadOnlySpan<ulong> keys, int start)
    {
        var end = start + 1;
        while (end < keys.Length && keys[end] == keys[start])
        {
            end++;
        }

        return end;
    }

    private void AnnounceRun(ExportKey key, ExportView view, ulong sourceAndSet, Span<int> indexes, MessageBuffers into)
    {
        var source = new PeerIndex((ushort)(sourceAndSet >> 32));
        into.SetSource(MemberOrNull(view, source));
        if (!encoder.TryAnnounce(into, key, (int)(uint)sourceAndSet, source, List(view, indexes)))
        {
            // No message can hold it (RFC 4271 §9.2): the prefixes become unreachable through us rather than stale.
            foreach (var index in indexes)
            {
                _changes[index] = _changes[index] with { Now = null };
            }
        }
    }

    private void EncodeWithdrawals(ExportView view, MessageBuffers into)
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
            var end = EndOfRun(keys, start);
            into.SetSource(MemberOrNull(view, new PeerIndex((ushort)keys[start])));
            encoder.Withdraw(into, List(view, indexes[start..end]));
            start = end;
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
