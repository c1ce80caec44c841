namespace Routing.Bgp.Rib.Tables;

/// <summary>Interned path attributes (DESIGN.md §5): equal sets are stored once and named by a 4-byte index. Counted
/// references; the last one frees index and octets.</summary>
/// <param name="own">Whose loops are looked for when a set is interned.</param>
internal sealed class AttributeTable(SpeakerIdentity own)
{
    private readonly AttributeSlabs _slabs = new();
    private readonly ChunkedArray<Entry> _entries = new();

    /// <summary>Open addressing with linear probing; 0 is empty. Kept at most half full.</summary>
    private int[] _buckets = new int[1024];

    private int _firstFree;

    /// <summary>Sets in use.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of storage for the sets.</summary>
    public long SlabOctets => _slabs.Capacity;

    /// <summary>Finds or stores a set and takes a reference to it.</summary>
    /// <param name="canonical">Canonical attributes; copied when new.</param>
    /// <param name="hash">Their <see cref="Wire.OctetHash"/>.</param>
    public int Intern(ReadOnlySpan<byte> canonical, ulong hash)
    {
        var shortHash = (uint)(hash ^ (hash >> 32));
        var bucket = (int)(shortHash & (uint)(_buckets.Length - 1));
        for (; _buckets[bucket] != 0; bucket = Next(bucket))
        {
            ref var found = ref _entries[_buckets[bucket]];
            if (found.Hash == shortHash && Octets(_buckets[bucket]).SequenceEqual(canonical))
            {
                found.References++;
                return _buckets[bucket];
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
        _buckets[bucket] = index;
        if (++Count * 2 > _buckets.Length)
        {
            Rehash(_buckets.Length * 2);
        }

        return index;
    }

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

        RemoveFromBuckets(index, entry.Hash);
        _slabs.Free(entry.Place, entry.Length);
        entry = new Entry { Place = _firstFree };
        _firstFree = index;
        Count--;
    }

    /// <summary>What the decision needs of a set.</summary>
    public ref readonly DecisionInputs Inputs(int index) => ref _entries[index].Inputs;

    /// <summary>The canonical octets; valid while a reference is held.</summary>
    public ReadOnlySpan<byte> Octets(int index)
    {
        ref var entry = ref _entries[index];
        return _slabs.Read(entry.Place, entry.Length);
    }

    /// <summary>Closes the gap as linear probing wants it: what follows and does not stand in its own bucket moves up.</summary>
    private void RemoveFromBuckets(int index, uint hash)
    {
        var mask = _buckets.Length - 1;
        var gap = (int)(hash & (uint)mask);
        while (_buckets[gap] != index)
        {
            gap = Next(gap);
        }

        for (var probe = Next(gap); _buckets[probe] != 0; probe = Next(probe))
        {
            var home = (int)(_entries[_buckets[probe]].Hash & (uint)mask);
            if (((probe - home) & mask) >= ((probe - gap) & mask))
            {
                _buckets[gap] = _buckets[probe];
                gap = probe;
            }
        }

        _buckets[gap] = 0;
    }

    private void Rehash(int size)
    {
        var old = _buckets;
        _buckets = new int[size];
        foreach (var index in old)
        {
            if (index == 0)
            {
                continue;
            }

            var bucket = (int)(_entries[index].Hash & (uint)(size - 1));
            while (_buckets[bucket] != 0)
            {
                bucket = Next(bucket);
            }

            _buckets[bucket] = index;
        }
    }

    private int Next(int bucket) => (bucket + 1) & (_buckets.Length - 1);

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
