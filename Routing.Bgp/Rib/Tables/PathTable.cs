namespace Routing.Bgp.Rib.Tables;

/// <summary>All paths of all families in chunked arrays with a free list; a prefix row points at its first.</summary>
internal sealed class PathTable
{
    private readonly ChunkedArray<PathEntry> _entries = new();
    private int _firstFree;

    /// <summary>Paths in use.</summary>
    public int Count { get; private set; }

    /// <summary>The path at an index from <see cref="Add"/>.</summary>
    public ref PathEntry this[int index] => ref _entries[index];

    /// <summary>Takes an entry.</summary>
    public int Add(PathEntry entry)
    {
        var index = _firstFree;
        if (index == 0)
        {
            index = _entries.Add();
        }
        else
        {
            _firstFree = _entries[index].Next;
        }

        _entries[index] = entry;
        Count++;
        return index;
    }

    /// <summary>Gives an entry back. Its attributes are the caller's to release.</summary>
    public void Remove(int index)
    {
        _entries[index] = new PathEntry { Next = _firstFree };
        _firstFree = index;
        Count--;
    }
}
