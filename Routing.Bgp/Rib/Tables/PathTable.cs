namespace Routing.Bgp.Rib.Tables;

/// <summary>All paths of all families in chunked arrays with a free list; a prefix row points at its first.</summary>
/// <remarks>
/// What few paths have stands in columns of their own, made with the first path that has it and as long as the entries
/// from then on; until then it costs nothing.
/// <code>
///  entries    attributes | next | peer | flags     every path
///  ids        path identifier                      once a peer sends several paths of a prefix (RFC 7911)
///  since      seconds                              once a path changes after its peer's first table
///  received   attributes                           once a policy changes attributes: those before it
/// </code>
/// </remarks>
internal sealed class PathTable
{
    private readonly ChunkedArray<PathEntry> _entries = new();
    private ChunkedArray<uint>? _ids;
    private ChunkedArray<int>? _received;
    private ChunkedArray<uint>? _since;
    private int _firstFree;

    /// <summary>Paths in use.</summary>
    public int Count { get; private set; }

    /// <summary>The path at an index from <see cref="Add"/>. Its <see cref="PathEntry.Attributes"/> are the effective ones:
    /// what the import policy made of those received.</summary>
    public ref PathEntry this[int index] => ref _entries[index];

    /// <summary>Takes an entry.</summary>
    /// <param name="entry">What it holds.</param>
    /// <param name="pathId">The peer's path identifier; 0 from a peer that sends one path of a prefix.</param>
    /// <param name="received">The attributes as received, where they are others than the entry's; 0 otherwise.</param>
    /// <param name="since">By <see cref="PathClock"/>; 0 for since the session began.</param>
    public int Add(in PathEntry entry, uint pathId, int received = 0, uint since = 0)
    {
        var index = _firstFree;
        if (index == 0)
        {
            index = _entries.Add();
            _ids?.EnsureEnd(_entries.End);
            _received?.EnsureEnd(_entries.End);
            _since?.EnsureEnd(_entries.End);
        }
        else
        {
            _firstFree = _entries[index].Next;
        }

        _entries[index] = entry;
        SetColumn(ref _ids, index, pathId);
        SetColumn(ref _received, index, received);
        SetColumn(ref _since, index, since);
        Count++;
        return index;
    }

    /// <summary>The path identifier by which its peer knows the path (RFC 7911 §3).</summary>
    public uint PathIdOf(int index) => _ids is null ? 0 : _ids[index];

    /// <summary>Since when the path is as it is, by <see cref="PathClock"/>; 0 for since its session began.</summary>
    public uint SinceOf(int index) => _since is null ? 0 : _since[index];

    /// <summary>The path is another from now on.</summary>
    public void SetSince(int index, uint since) => SetColumn(ref _since, index, since);

    /// <summary>The attributes as the peer sent them; the path holds a reference to them too when a policy changed
    /// them.</summary>
    public int ReceivedOf(int index) =>
        _received is not null && _received[index] is var received && received != 0 ? received : _entries[index].Attributes;

    /// <summary>Notes attributes: as received, and what the policy made of them, often the same. References are the
    /// caller's to keep.</summary>
    public void SetAttributes(int index, int received, int effective)
    {
        _entries[index].Attributes = effective;
        SetColumn(ref _received, index, received == effective ? 0 : received);
    }

    /// <summary>Gives an entry back. Its attributes are the caller's to release.</summary>
    public void Remove(int index)
    {
        _entries[index] = new PathEntry { Next = _firstFree };
        _firstFree = index;
        Count--;
    }

    private void SetColumn<T>(ref ChunkedArray<T>? column, int index, T value)
        where T : unmanaged, IEquatable<T>
    {
        if (column is null)
        {
            if (value.Equals(default))
            {
                return;
            }

            column = new ChunkedArray<T>();
            column.EnsureEnd(_entries.End);
        }

        column[index] = value;
    }
}
