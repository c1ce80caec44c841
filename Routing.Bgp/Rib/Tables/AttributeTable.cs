using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Tables;

/// <summary>Interned path attributes (DESIGN.md §5): equal sets are stored once and named by a 4-byte index. Counted
/// references; the last one frees index and octets.</summary>
/// <param name="own">Whose loops are looked for when a set is interned.</param>
internal sealed class AttributeTable(SpeakerIdentity own)
{
    private readonly AttributeSlabs _slabs = new();
    private readonly ChunkedArray<Entry> _entries = new();

    private readonly RowIndex _index = new();
    private int _firstFree;

    /// <summary>Sets in use.</summary>
    public int Count { get; private set; }

    /// <summary>Finds or stores a set and takes a reference to it.</summary>
    /// <param name="canonical">Canonical attributes; copied when new.</param>
    /// <param name="hash">Their <see cref="Wire.OctetHash"/>.</param>
    public int Intern(ReadOnlySpan<byte> canonical, ulong hash)
    {
        var shortHash = (uint)(hash ^ (hash >> 32));
        var search = _index.Find(shortHash);
        while (_index.TryNext(ref search, out var candidate))
        {
            ref var found = ref _entries[candidate];
            if (found.Hash == shortHash && Octets(candidate).SequenceEqual(canonical))
            {
                found.References++;
                return candidate;
            }
        }

        var index = _firstFree;
        if (index == 0)
        {
            index = _entries.Add();
        }
        else
        {
            _firstFree = _entries[index].Place;
        }

        _entries[index] = new Entry
        {
            Hash = shortHash,
            References = 1,
            Place = _slabs.Store(canonical),
            Length = canonical.Length,
            Inputs = DecisionInputsReader.Read(canonical, own),
        };
        _index.Enter(search, index);
        Count++;
        if (_index.IsCrowded)
        {
            EnterAnew();
        }

        return index;
    }

    /// <summary>Fetches what <see cref="Intern"/> will look at first; a hint.</summary>
    public void Prefetch(ulong hash) => _index.Prefetch((uint)(hash ^ (hash >> 32)));

    /// <summary>One more reference to a set that has one.</summary>
    public void AddReference(int index) => _entries[index].References++;

    /// <summary>One reference less.</summary>
    public void Release(int index)
    {
        ref var entry = ref _entries[index];
        if (--entry.References > 0)
        {
            return;
        }

        _index.Remove(entry.Hash, index);
        _slabs.Free(entry.Place, entry.Length);
        entry = new Entry { Place = _firstFree };
        _firstFree = index;
        Count--;
    }

    /// <summary>What the decision needs of a set.</summary>
    public ref readonly DecisionInputs Inputs(int index) => ref _entries[index].Inputs;

    /// <summary>AIGP with the cost to the peer added (RFC 7311 §4.1), up to the greatest value; null for a set without. Read
    /// when it is asked for: few networks have it, and every set would pay for a place to keep it.</summary>
    public ulong? AigpOf(int index, uint cost) =>
        Inputs(index).Has(AttributeTraits.HasAigp)
        && AttributeCursor.TryFind(Octets(index), AttributeType.Aigp, out var value)
        && Aigp.TryRead(value, out var metric)
            ? metric > ulong.MaxValue - cost ? ulong.MaxValue : metric + cost
            : null;

    /// <summary>The canonical octets; valid while a reference is held.</summary>
    public ReadOnlySpan<byte> Octets(int index)
    {
        ref var entry = ref _entries[index];
        return _slabs.Read(entry.Place, entry.Length);
    }

    private void EnterAnew()
    {
        _index.Clear(_entries.End);
        for (var index = 1; index < _entries.End; index++)
        {
            if (index + PrefixTable.RowsAhead < _entries.End)
            {
                _index.Prefetch(_entries[index + PrefixTable.RowsAhead].Hash);
            }

            if (_entries[index].References > 0)
            {
                _index.EnterAnew(_entries[index].Hash, index);
            }
        }
    }

    private struct Entry
    {
        /// <summary>Half of the full hash; also gives the bucket.</summary>
        public uint Hash;

        /// <summary>Holders; 0 when free.</summary>
        public int References;

        /// <summary>Where the octets are; the next free entry when free.</summary>
        public int Place;

        public int Length;

        public DecisionInputs Inputs;
    }
}
