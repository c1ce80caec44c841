using System.Collections;

namespace Routing.Policy.Selectors;

/// <summary>A set of objects by identity, of which there are so many that most have to be small: a few members lie in an array, which
/// is looked through, and only more than these in a hash table. Members come in the order in which they were added, as long as none
/// went.</summary>
internal sealed class SmallSet<T> : IReadOnlyCollection<T>
    where T : class
{
    private const int Few = 8;

    private object _items = Array.Empty<T>(); // T[] with room at its end; from Few + 1 members on a HashSet<T>
    private int _count;

    /// <inheritdoc/>
    public int Count => _count;

    /// <returns>False for one that was a member before.</returns>
    public bool Add(T item)
    {
        if (_items is not T[] few)
        {
            var isNew = Many.Add(item);
            _count = Many.Count;
            return isNew;
        }

        if (IndexOf(few, item) >= 0)
        {
            return false;
        }

        if (_count == Few)
        {
            _items = new HashSet<T>(few, ReferenceEqualityComparer.Instance) { item };
        }
        else
        {
            if (_count == few.Length)
            {
                Array.Resize(ref few, Math.Max(2, _count * 2));
                _items = few;
            }

            few[_count] = item;
        }

        _count++;
        return true;
    }

    /// <returns>False for one that was none.</returns>
    public bool Remove(T item)
    {
        if (_items is not T[] few)
        {
            var wasThere = Many.Remove(item);
            _count = Many.Count;
            return wasThere;
        }

        var at = IndexOf(few, item);
        if (at < 0)
        {
            return false;
        }

        _count--;
        Array.Copy(few, at + 1, few, at, _count - at);
        few[_count] = null!;
        return true;
    }

    /// <summary>True for a member.</summary>
    public bool Contains(T item) => _items is T[] few ? IndexOf(few, item) >= 0 : Many.Contains(item);

    /// <summary>The members that are none of another set's; a copy.</summary>
    public List<T> Except(SmallSet<T> others)
    {
        var rest = new List<T>();
        foreach (var item in this)
        {
            if (!others.Contains(item))
            {
                rest.Add(item);
            }
        }

        return rest;
    }

    /// <summary>For foreach, without allocating.</summary>
    public Enumerator GetEnumerator() => _items is T[] few ? new(few, _count) : new(Many);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private HashSet<T> Many => (HashSet<T>)_items;

    private int IndexOf(T[] few, T item)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(few[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Walks over the members, which must not change meanwhile.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly T[]? _few;
        private readonly int _count;
        private HashSet<T>.Enumerator _many;
        private int _at = -1;

        internal Enumerator(T[] few, int count) => (_few, _count) = (few, count);

        internal Enumerator(HashSet<T> many) => _many = many.GetEnumerator();

        /// <inheritdoc/>
        public readonly T Current => _few is null ? _many.Current : _few[_at];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => _few is null ? _many.MoveNext() : ++_at < _count;

        /// <inheritdoc/>
        public void Reset() => throw new NotSupportedException();

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
