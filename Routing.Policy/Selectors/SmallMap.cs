using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Routing.Policy.Selectors;

/// <summary>A dictionary of which there are so many that most have to be small: a few entries lie in an array, which is looked
/// through, and only more than these in a hash table.</summary>
internal sealed class SmallMap<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private const int Few = 8;

    private Entry[] _few = []; // with room at its end
    private Dictionary<TKey, TValue>? _many; // from Few + 1 entries on, in place of the array
    private int _count; // of the array

    /// <inheritdoc/>
    public int Count => _many?.Count ?? _count;

    /// <summary>The keys.</summary>
    public IEnumerable<TKey> Keys => this.Select(entry => entry.Key);

    /// <summary>The values.</summary>
    public IEnumerable<TValue> Values => this.Select(entry => entry.Value);

    /// <summary>The value of a key that is there; setting adds one that is not.</summary>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"{key}");
        set => GetValueRefOrAddDefault(key, out _) = value;
    }

    /// <summary>True when the key is there.</summary>
    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <returns>False when the key is not there.</returns>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_many is not null)
        {
            return _many.TryGetValue(key, out value);
        }

        var at = IndexOf(key);
        value = at < 0 ? default : _few[at].Value;
        return at >= 0;
    }

    /// <summary>The place of a key's value, made if need be; good until the next change.</summary>
    public ref TValue? GetValueRefOrAddDefault(TKey key, out bool exists)
    {
        var at = _many is null ? IndexOf(key) : -1;
        exists = at >= 0;
        if (exists)
        {
            return ref _few[at].Value!;
        }

        if (_many is null && _count == Few)
        {
            _many = new Dictionary<TKey, TValue>(this);
            _few = [];
        }

        if (_many is not null)
        {
            return ref CollectionsMarshal.GetValueRefOrAddDefault(_many, key, out exists);
        }

        if (_count == _few.Length)
        {
            Array.Resize(ref _few, Math.Max(1, _count * 2));
        }

        _few[_count].Key = key;
        return ref _few[_count++].Value!;
    }

    /// <summary>A key that is not there comes.</summary>
    public void Add(TKey key, TValue value)
    {
        ref var place = ref GetValueRefOrAddDefault(key, out var exists);
        place = exists ? throw new ArgumentException($"'{key}' is there", nameof(key)) : value;
    }

    /// <returns>False when the key was not there.</returns>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_many is not null)
        {
            return _many.Remove(key, out value);
        }

        var at = IndexOf(key);
        value = at < 0 ? default : _few[at].Value;
        if (at >= 0)
        {
            _few[at] = _few[--_count];
            _few[_count] = default;
        }

        return at >= 0;
    }

    /// <summary>All entries go.</summary>
    public void Clear() => (_few, _many, _count) = ([], null, 0);

    /// <summary>For foreach, without allocating.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(TKey key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (EqualityComparer<TKey>.Default.Equals(_few[i].Key, key))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Walks over the entries, which must not change meanwhile.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly Entry[] _few;
        private readonly int _count;
        private readonly bool _isMany;
        private Dictionary<TKey, TValue>.Enumerator _many;
        private int _at = -1;

        internal Enumerator(SmallMap<TKey, TValue> map)
        {
            (_few, _count, _isMany) = (map._few, map._count, map._many is not null);
            _many = map._many?.GetEnumerator() ?? default;
        }

        /// <inheritdoc/>
        public readonly KeyValuePair<TKey, TValue> Current => _isMany ? _many.Current : new(_few[_at].Key, _few[_at].Value);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => _isMany ? _many.MoveNext() : ++_at < _count;

        /// <inheritdoc/>
        public void Reset() => throw new NotSupportedException();

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }

    private struct Entry
    {
        public TKey Key;
        public TValue Value;
    }
}
