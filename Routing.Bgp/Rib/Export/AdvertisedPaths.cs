using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Export;

/// <summary>What a view of peers that take several paths (RFC 7911) has advertised: for each prefix a list of path
/// identifiers with source and attributes, 16 octets each. Only such views have one.</summary>
/// <remarks>The identifier we give a path is its index in the <see cref="PathTable"/>: it stands for as long as the path,
/// and no two paths of a prefix share one. When a path goes and its index comes to another of the same prefix before a
/// view has noticed, the view announces the identifier anew, which replaces the old route (RFC 7911 §3).
/// A reference to the attributes is held, so that an equal index means equal attributes.</remarks>
internal sealed class AdvertisedPaths(AttributeTable attributes)
{
    private readonly ChunkedArray<Entry> _entries = new();
    private ChunkedArray<int> _heads = new();
    private int _firstFree;

    /// <summary>Paths advertised.</summary>
    public int Count { get; private set; }

    /// <summary>Nothing has ever been advertised.</summary>
    public bool IsFresh => _entries.End == 1;

    /// <summary>First entry of a row, or 0.</summary>
    public int FirstOf(int row) => row < _heads.End ? _heads[row] : 0;

    /// <summary>The entry at a place.</summary>
    public ref readonly Entry this[int entry] => ref _entries[entry];

    /// <summary>The entry of an identifier, or 0.</summary>
    public int Find(int row, uint pathId)
    {
        var entry = FirstOf(row);
        while (entry != 0 && _entries[entry].PathId != pathId)
        {
            entry = _entries[entry].Next;
        }

        return entry;
    }

    /// <summary>Notes what has been sent.</summary>
    public void Set(in RouteChange change)
    {
        var entry = Find(change.Row, change.PathId);
        if (change.Now is not { } source)
        {
            Remove(change.Row, entry);
            return;
        }

        attributes.AddReference(change.Attributes);
        if (entry == 0)
        {
            entry = Add(change.Row, change.PathId);
        }
        else
        {
            attributes.Release(_entries[entry].Attributes);
        }

        (_entries[entry].Source, _entries[entry].Attributes) = (source, change.Attributes);
    }

    /// <summary>See <see cref="ExportView.CountBySource"/>.</summary>
    public int[] CountBySource()
    {
        var counts = new int[64];
        for (var entry = 1; entry < _entries.End; entry++)
        {
            if (_entries[entry].PathId != 0)
            {
                ExportView.Count(ref counts, _entries[entry].Source.Value);
            }
        }

        return counts;
    }

    /// <summary>A copy of its own.</summary>
    public AdvertisedPaths Clone()
    {
        var copy = new AdvertisedPaths(attributes) { _heads = _heads.Clone(), _firstFree = _firstFree, Count = Count };
        copy._entries.EnsureEnd(_entries.End);
        for (var entry = 1; entry < _entries.End; entry++)
        {
            copy._entries[entry] = _entries[entry];
            if (_entries[entry].PathId != 0)
            {
                attributes.AddReference(_entries[entry].Attributes);
            }
        }

        return copy;
    }

    /// <summary>Gives up all references; nothing may be asked afterwards.</summary>
    public void Release()
    {
        for (var entry = 1; entry < _entries.End; entry++)
        {
            if (_entries[entry].PathId != 0)
            {
                attributes.Release(_entries[entry].Attributes);
            }
        }
    }

    private int Add(int row, uint pathId)
    {
        var entry = _firstFree;
        if (entry == 0)
        {
            entry = _entries.Add();
        }
        else
        {
            _firstFree = _entries[entry].Next;
        }

        _heads.EnsureEnd(row + 1);
        _entries[entry] = new Entry { PathId = pathId, Next = _heads[row] };
        _heads[row] = entry;
        Count++;
        return entry;
    }

    private void Remove(int row, int entry)
    {
        if (entry == 0)
        {
            return;
        }

        ref var link = ref _heads[row];
        while (link != entry)
        {
            link = ref _entries[link].Next;
        }

        link = _entries[entry].Next;
        attributes.Release(_entries[entry].Attributes);
        _entries[entry] = new Entry { Next = _firstFree };
        _firstFree = entry;
        Count--;
    }

    /// <summary>One path advertised.</summary>
    internal struct Entry
    {
        /// <summary>Our identifier of the path; 0 when the entry is free.</summary>
        public uint PathId;

        /// <summary>The next of the same row, or the next free one.</summary>
        public int Next;

        /// <summary>Attributes before export.</summary>
        public int Attributes;

        /// <summary>Whose path it is.</summary>
        public PeerIndex Source;
    }
}
