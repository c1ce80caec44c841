using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Export;

/// <summary>The order in which prefixes changed, shared by all readers of a family. A row that changes again gets a new
/// entry and its old one is void, so a slow reader meets every prefix once, however often it changed.</summary>
/// <remarks>
/// A ring of row numbers, negative where only paths behind the best one changed: readers of best paths pass over those.
/// When it is full, void entries are dropped and the rest renumbered; only when that does not make
/// enough room does it grow. Its size is therefore bounded by the rows in use, not by the slowest reader's delay. A row
/// without paths stays in use until every reader that advertised it has passed its entry.
/// </remarks>
internal sealed class ChangeJournal(PrefixTable prefixes)
{
    private int[] _ring = new int[1024];
    private long _start;

    /// <summary>Number of the entry that will be written next.</summary>
    public long End { get; private set; }

    /// <summary>Entries held, void ones included.</summary>
    public int Length => (int)(End - _start);

    /// <summary>Notes that a row changed.</summary>
    /// <param name="row">The row.</param>
    /// <param name="bestChanged">Its best path changed, not only another.</param>
    /// <param name="readers">All readers, whose positions move when entries are renumbered.</param>
    public void Append(int row, bool bestChanged, IReadOnlyList<IJournalReader> readers)
    {
        // The entry that this one makes void may have told of the best path to somebody who has not read it yet.
        bestChanged = bestChanged || Holds(row, _start);
        if (Length == _ring.Length)
        {
            // No entry has this number yet: the row's older entry is void, so compaction cannot free the row.
            prefixes[row].JournalNumber = (uint)End;
            Compact(readers);
        }

        prefixes[row].JournalNumber = (uint)End;
        _ring[Slot(End)] = bestChanged ? row : -row;
        End++;
    }

    /// <summary>True when a reader of best paths at a position will still meet the row.</summary>
    public bool Holds(int row, long position)
    {
        // The row keeps the low half of its entry's number: the entry itself says whether the number is still its own.
        var number = End - (uint)((uint)End - prefixes[row].JournalNumber);
        return number >= position && number < End && _ring[Slot(number)] == row;
    }

    /// <summary>Reads the next entry that is not void.</summary>
    /// <param name="position">Where to go on.</param>
    /// <param name="allPaths">Also entries of other paths than the best.</param>
    /// <param name="row">The row.</param>
    public bool TryRead(ref long position, bool allPaths, out int row)
    {
        while (position < End)
        {
            var entry = _ring[Slot(position)];
            row = Math.Abs(entry);
            if (IsCurrent(row, position++) && (allPaths || entry > 0))
            {
                return true;
            }
        }

        row = 0;
        return false;
    }

    /// <summary>Forgets what all readers have read, and frees rows whose last path is gone.</summary>
    public void Trim(IReadOnlyList<IJournalReader> readers)
    {
        var read = End;
        foreach (var reader in readers)
        {
            read = Math.Min(read, reader.JournalPosition);
        }

        for (; _start < read; _start++)
        {
            var row = Math.Abs(_ring[Slot(_start)]);
            if (IsCurrent(row, _start) && prefixes[row].FirstPath == 0)
            {
                PrefetchAhead(read);
                prefixes.Remove(row);
            }
        }
    }

    /// <summary>Rows go by the thousand when a peer goes, and each is somewhere else in the index.</summary>
    private void PrefetchAhead(long end)
    {
        if (_start + PrefixTable.RowsAhead < end)
        {
            prefixes.PrefetchRow(Math.Abs(_ring[Slot(_start + PrefixTable.RowsAhead)]));
        }
    }

    private void Compact(IReadOnlyList<IJournalReader> readers)
    {
        var moved = readers.Select(reader => reader.JournalPosition).ToArray();
        var kept = new int[_ring.Length];
        var count = 0;
        for (var number = _start; number < End; number++)
        {
            var entry = _ring[Slot(number)];
            var row = Math.Abs(entry);
            var isKept = IsCurrent(row, number);
            if (isKept && IsForgettable(row, number, readers))
            {
                prefixes.Remove(row);
                isKept = false;
            }

            if (isKept)
            {
                kept[count++] = entry;
                continue;
            }

            for (var i = 0; i < moved.Length; i++)
            {
                moved[i] -= number < readers[i].JournalPosition ? 1 : 0;
            }
        }

        Replace(kept, count);
        for (var i = 0; i < moved.Length; i++)
        {
            readers[i].JournalPosition = moved[i];
        }
    }

    private void Replace(int[] kept, int count)
    {
        // More than half full of live entries: the next compaction would come too soon.
        _ring = new int[count * 2 > kept.Length ? kept.Length * 2 : kept.Length];
        for (var i = 0; i < count; i++)
        {
            prefixes[Math.Abs(kept[i])].JournalNumber = (uint)(_start + i);
            _ring[Slot(_start + i)] = kept[i];
        }

        End = _start + count;
    }

    /// <summary>True for a row without paths that no reader behind the entry has advertised: without this rule, a reader
    /// that never reads would hold the row of every prefix that came and went.</summary>
    private bool IsForgettable(int row, long number, IReadOnlyList<IJournalReader> readers)
    {
        ref var entry = ref prefixes[row];
        if (entry.FirstPath != 0 || entry.SinkPending)
        {
            return false;
        }

        foreach (var reader in readers)
        {
            if (reader.JournalPosition <= number && reader.HasAdvertised(row))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsCurrent(int row, long number) => prefixes[row].InUse && prefixes[row].JournalNumber == (uint)number;

    private int Slot(long number) => (int)(number & (_ring.Length - 1));
}
