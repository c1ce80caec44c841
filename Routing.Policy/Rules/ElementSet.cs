using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Routing.Policy.Rules;

/// <summary>Elements of a <see cref="MatchSet"/>: never changed, so that a ruleset of before stays what it was, and cheap to derive the
/// next one from. It is a hash table in chunks: an edit copies the list of chunks, and those chunks that it touches.</summary>
/// <remarks>A tree (what ImmutableHashSet is) has a node for each element, and an edit of hundreds of elements makes thousands of nodes;
/// see docs/adr/0017.</remarks>
[CollectionBuilder(typeof(ElementSet), nameof(Create))]
[SuppressMessage("Naming", "CA1710", Justification = "It is a set.")]
public sealed class ElementSet : IReadOnlyCollection<SetElement>
{
    /// <summary>Elements of a chunk, on average, when all chunks are made anew; half or twice as many before they are.</summary>
    private const int ChunkSize = 24;

    private readonly Chunk[] _chunks; // a power of two; an element's is by the upper bits of its hash

    private ElementSet(Chunk[] chunks, int count) => (_chunks, Count) = (chunks, count);

    /// <summary>No elements.</summary>
    public static ElementSet Empty { get; } = new([new Chunk([], 0)], 0);

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>True without elements.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>A set of these; what is there twice counts once.</summary>
    public static ElementSet Create(ReadOnlySpan<SetElement> elements) => elements.IsEmpty ? Empty : Make([], elements);

    /// <summary>True for a member.</summary>
    public bool Contains(in SetElement element) => _chunks[Index(element, _chunks.Length)].Find(element) >= 0;

    /// <summary>These elements without some, and then with others.</summary>
    /// <param name="removed">Elements that go.</param>
    /// <param name="added">Elements that come; they are there also if they are among those that go.</param>
    public ElementSet Edit(ReadOnlySpan<SetElement> removed, ReadOnlySpan<SetElement> added)
    {
        var most = Count + added.Length;
        if (most == 0 || (removed.IsEmpty && added.IsEmpty))
        {
            return this;
        }

        // Far more or fewer elements than chunks are for: all anew.
        if (IsEmpty || most > _chunks.Length * ChunkSize * 2)
        {
            return Make(Without(removed), added);
        }

        var edited = new ChunkEditor(_chunks, (added.Length / _chunks.Length) + 1);
        foreach (ref readonly var element in removed)
        {
            edited.Remove(element, Index(element, _chunks.Length));
        }

        foreach (ref readonly var element in added)
        {
            edited.Add(element, Index(element, _chunks.Length));
        }

        var now = new ElementSet(edited.Chunks, Count + edited.Gained);
        return now.IsEmpty ? Empty
            : _chunks.Length > 1 && now.Count < _chunks.Length * ChunkSize / 4 ? Make([.. now], [])
            : now;
    }

    /// <summary>True when both have the same members.</summary>
    public bool SetEquals(ElementSet other)
    {
        if (ReferenceEquals(this, other) || Count != other.Count)
        {
            return Count == other.Count;
        }

        foreach (var element in this)
        {
            if (!other.Contains(element))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>For foreach, without allocating; in no order that means anything.</summary>
    public Enumerator GetEnumerator() => new(_chunks);

    IEnumerator<SetElement> IEnumerable<SetElement>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Index(in SetElement element, int chunks) =>
        (int)((ulong)(uint)element.GetHashCode() * (uint)chunks >> 32);

    private static ElementSet Make(ReadOnlySpan<SetElement> some, ReadOnlySpan<SetElement> others)
    {
        var wanted = (some.Length + others.Length) / ChunkSize;
        var count = wanted <= 1 ? 1 : (int)BitOperations.RoundUpToPowerOf2((uint)wanted);
        var chunks = new Chunk[count];
        var sizes = new int[count];
        Measure(some);
        Measure(others);
        for (var i = 0; i < count; i++)
        {
            chunks[i] = new Chunk(sizes[i] == 0 ? [] : new SetElement[sizes[i]], 0);
        }

        var members = 0;
        Fill(some);
        Fill(others);
        return new ElementSet(chunks, members);

        void Measure(ReadOnlySpan<SetElement> elements)
        {
            foreach (ref readonly var element in elements)
            {
                sizes[Index(element, count)]++;
            }
        }

        void Fill(ReadOnlySpan<SetElement> elements)
        {
            foreach (ref readonly var element in elements)
            {
                ref var chunk = ref chunks[Index(element, count)];
                if (chunk.Find(element) < 0)
                {
                    chunk.Items[chunk.Count++] = element;
                    members++;
                }
            }
        }
    }

    private SetElement[] Without(ReadOnlySpan<SetElement> removed)
    {
        var gone = new HashSet<SetElement>(removed.Length);
        foreach (ref readonly var element in removed)
        {
            gone.Add(element);
        }

        var kept = new List<SetElement>(Count);
        foreach (var element in this)
        {
            if (!gone.Contains(element))
            {
                kept.Add(element);
            }
        }

        return [.. kept];
    }

    /// <summary>Walks over the elements.</summary>
    public struct Enumerator : IEnumerator<SetElement>
    {
        private readonly Chunk[] _chunks;
        private int _chunk;
        private int _item;

        internal Enumerator(Chunk[] chunks) => (_chunks, _chunk, _item) = (chunks, 0, -1);

        /// <inheritdoc/>
        public readonly SetElement Current => _chunks[_chunk].Items[_item];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            _item++;
            while (_chunk < _chunks.Length && _item >= _chunks[_chunk].Count)
            {
                (_chunk, _item) = (_chunk + 1, 0);
            }

            return _chunk < _chunks.Length;
        }

        /// <inheritdoc/>
        public void Reset() => (_chunk, _item) = (0, -1);

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }

    /// <summary>Elements in no order; behind them there may be room.</summary>
    internal struct Chunk(SetElement[] items, int count)
    {
        public SetElement[] Items = items;
        public int Count = count;

        public readonly int Find(in SetElement element)
        {
            var items = Items;
            for (var i = 0; i < Count; i++)
            {
                if (items[i].Equals(element))
                {
                    return i;
                }
            }

            return -1;
        }
    }

    /// <summary>Copies a chunk when it is touched for the first time.</summary>
    /// <param name="before">The chunks to begin with; not changed.</param>
    /// <param name="room">How many elements more than before a copy has room for.</param>
    private ref struct ChunkEditor(Chunk[] before, int room)
    {
        private readonly ulong[] _owned = new ulong[(before.Length + 63) / 64];

        public Chunk[] Chunks { get; } = [.. before];

        /// <summary>How many elements more there are.</summary>
        public int Gained { get; private set; }

        public void Remove(in SetElement element, int index)
        {
            ref var chunk = ref Chunks[index];
            if (chunk.Find(element) is var at and >= 0)
            {
                Own(ref chunk, index);
                chunk.Items[at] = chunk.Items[--chunk.Count];
                chunk.Items[chunk.Count] = default;
                Gained--;
            }
        }

        public void Add(in SetElement element, int index)
        {
            ref var chunk = ref Chunks[index];
            if (chunk.Find(element) < 0)
            {
                Own(ref chunk, index);
                if (chunk.Count == chunk.Items.Length)
                {
                    Array.Resize(ref chunk.Items, chunk.Count + Math.Max(4, chunk.Count / 4));
                }

                chunk.Items[chunk.Count++] = element;
                Gained++;
            }
        }

        private readonly void Own(ref Chunk chunk, int index)
        {
            ref var word = ref _owned[index >> 6];
            if ((word & (1UL << index)) == 0)
            {
                word |= 1UL << index;
                var items = new SetElement[chunk.Count + room];
                chunk.Items.AsSpan(0, chunk.Count).CopyTo(items);
                chunk.Items = items;
            }
        }
    }
}
