using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Routing.Bgp.Rib.Tables;

/// <summary>Finds rows of a table by the hashes of their keys; the keys are the table's. Open addressing with linear
/// probing, 4 octets a slot.</summary>
/// <remarks>
/// A row's number is smaller than the number of slots, so the bits above it are free for a part of the hash, other than the
/// part that chooses the slot. A key is then looked at once, when it is almost surely the right one: in a table of a million
/// prefixes every look at another key is a cache line from far away.
/// <code>
///  slot   | rest of the hash | row |    0: empty     row 0: removed, the search goes on
/// </code></remarks>
internal sealed unsafe class RowIndex
{
    private const int LeastBits = 10;
    private const uint Removed = 0x8000_0000;

    // Not the collector's: when the table doubles the old slots go at once, where an array of megabytes would lie about until
    // the next full collection, and that is not before the table is loaded.
    private uint* _slots = Allocate(1 << LeastBits);
    private int _length = 1 << LeastBits;
    private int _bits = LeastBits;
    private int _taken; // slots that are not empty
    private int _most = MostOf(1 << LeastBits);

    ~RowIndex() => NativeMemory.Free(_slots);

    /// <summary>The next entry may not fit: <see cref="Clear"/>, and enter all rows anew.</summary>
    /// <remarks>At most two thirds are taken, or searches become long.</remarks>
    public bool IsCrowded => _taken >= _most;

    private uint RowMask => (uint)_length - 1;

    /// <summary>Begins to look for a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Search Find(uint hash) => new((int)(hash >> (32 - _bits)), hash << _bits);

    /// <summary>Goes on to the next row whose key may be the one.</summary>
    /// <returns>False when there is none; <see cref="Enter"/> may then follow.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(ref Search search, out int row)
    {
        var slots = _slots;
        while (true)
        {
            var slot = slots[search.Slot];
            if (slot == 0)
            {
                row = 0;
                return false;
            }

            var found = slot & (uint)(_length - 1);
            var isSame = (slot ^ found) == search.Tag && found != 0;
            search.Free = found == 0 && search.Free < 0 ? search.Slot : search.Free;
            search.Slot = (search.Slot + 1) & (_length - 1);
            if (isSame)
            {
                row = (int)found;
                return true;
            }
        }
    }

    /// <summary>Enters a row where a search for its key ended.</summary>
    public void Enter(in Search search, int row)
    {
        Debug.Assert(row > 0 && row <= RowMask, "rows are fewer than slots");
        var isNew = search.Free < 0;
        _slots[isNew ? search.Slot : search.Free] = search.Tag | (uint)row;
        _taken += isNew ? 1 : 0;
    }

    /// <summary>Enters a row into an index that was cleared and has had nothing removed since.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterAnew(uint hash, int row)
    {
        var slots = _slots;
        var slot = (int)(hash >> (32 - _bits));
        while (slots[slot] != 0)
        {
            slot = (slot + 1) & (_length - 1);
        }

        slots[slot] = (hash << _bits) | (uint)row;
        _taken++;
    }

    /// <summary>Takes a row out.</summary>
    public void Remove(uint hash, int row)
    {
        var mask = _length - 1;
        var slot = (int)(hash >> (32 - _bits));
        while ((_slots[slot] & mask) != row)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = Removed;

        // Nothing lies behind: then this slot, and removed ones before it, stand in nobody's way.
        while (_slots[(slot + 1) & mask] == 0 && _slots[slot] == Removed)
        {
            _slots[slot] = 0;
            _taken--;
            slot = (slot - 1) & mask;
        }
    }

    /// <summary>Empties it and makes it large enough for so many rows.</summary>
    /// <param name="rows">The greatest row number in use.</param>
    public void Clear(int rows)
    {
        // At most half full, so that the next time is far off.
        var bits = Math.Max(LeastBits, 1 + BitOperations.Log2((uint)rows * 2));
        if (bits == _bits)
        {
            new Span<uint>(_slots, _length).Clear();
        }
        else
        {
            NativeMemory.Free(_slots);
            _slots = null; // should there be no room for the new ones
            _length = 1 << bits;
            _slots = Allocate(_length);
        }

        (_bits, _taken, _most) = (bits, 0, MostOf(_length));
    }

    /// <summary>Fetches the cache line where a search will begin: done for many keys ahead, memory works on them at
    /// once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_slots + (hash >> (32 - _bits)));
        }
    }

    private static uint* Allocate(int slots)
    {
        var memory = (uint*)NativeMemory.AllocZeroed((nuint)slots, sizeof(uint));
        TableMemory.Populate(memory, (nuint)slots * sizeof(uint));
        return memory;
    }

    private static int MostOf(int slots) => (int)(slots * 2L / 3);

    /// <summary>A search under way.</summary>
    internal struct Search(int slot, uint tag)
    {
        /// <summary>The slot that is looked at next.</summary>
        public int Slot = slot;

        /// <summary>The first removed slot on the way, or -1.</summary>
        public int Free = -1;

        /// <summary>The rest of the hash.</summary>
        public readonly uint Tag = tag;
    }
}
