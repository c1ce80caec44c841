namespace Routing.Bgp.Rib.Tables;

/// <summary>A list of entries for each row of a table of prefixes, in no order. The place of an entry that goes is used
/// again.</summary>
/// <remarks>Entry 0 is none. A free entry has the default value.</remarks>
internal sealed class RowLists<T>
    where T : unmanaged
{
    private readonly ChunkedArray<Node> _nodes;
    private readonly ChunkedArray<int> _heads;
    private int _firstFree;

    public RowLists()
        : this(new ChunkedArray<Node>(), new ChunkedArray<int>())
    {
    }

    private RowLists(ChunkedArray<Node> nodes, ChunkedArray<int> heads) => (_nodes, _heads) = (nodes, heads);

    /// <summary>One past the greatest entry that has ever been in use.</summary>
    public int End => _nodes.End;

    /// <summary>One past the greatest row that has ever had an entry.</summary>
    public int RowEnd => _heads.End;

    /// <summary>The entry.</summary>
    public ref T this[int entry] => ref _nodes[entry].Value;

    /// <summary>First entry of a row, or 0.</summary>
    public int FirstOf(int row) => row < _heads.End ? _heads[row] : 0;

    /// <summary>The next entry of the same row, or 0.</summary>
    public int NextOf(int entry) => _nodes[entry].Next;

    /// <summary>Adds an entry to a row.</summary>
    /// <returns>The entry.</returns>
    public int Add(int row, T value)
    {
        var entry = _firstFree;
        if (entry == 0)
        {
            entry = _nodes.Add();
        }
        else
        {
            _firstFree = _nodes[entry].Next;
        }

        _heads.EnsureEnd(row + 1);
        _nodes[entry] = new Node { Value = value, Next = _heads[row] };
        _heads[row] = entry;
        return entry;
    }

    /// <summary>Removes an entry of a row.</summary>
    public void Remove(int row, int entry)
    {
        ref var link = ref _heads[row];
        while (link != entry)
        {
            link = ref _nodes[link].Next;
        }

        link = _nodes[entry].Next;
        _nodes[entry] = new Node { Next = _firstFree };
        _firstFree = entry;
    }

    /// <summary>A copy of its own.</summary>
    public RowLists<T> Clone() => new(_nodes.Clone(), _heads.Clone()) { _firstFree = _firstFree };

    private struct Node
    {
        public T Value;

        /// <summary>The next of the same row, or the next free one.</summary>
        public int Next;
    }
}
