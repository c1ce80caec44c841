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
    private RowLists<Entry> _entries = new();

    /// <summary>Paths advertised.</summary>
    public int Count { get; private set; }

    /// <summary>Nothing has ever been advertised.</summary>
    public bool IsFresh => _entries.End == 1;

    /// <summary>First entry of a row, or 0.</summary>
    public int FirstOf(int row) => _entries.FirstOf(row);

    /// <summary>The next entry of the same row, or 0.</summary>
    public int NextOf(int entry) => _entries.NextOf(entry);

    /// <summary>The entry at a place.</summary>
    public ref readonly Entry this[int entry] => ref _entries[entry];

    /// <summary>The entry of an identifier, or 0.</summary>
    public int Find(int row, uint pathId)
    {
        var entry = FirstOf(row);
        while (entry != 0 && _entries[entry].PathId != pathId)
        {
            entry = _entries.NextOf(entry);
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
            entry = _entries.Add(change.Row, new Entry { PathId = change.PathId });
            Count++;
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
        var copy = new AdvertisedPaths(attributes) { _entries = _entries.Clone(), Count = Count };
        for (var entry = 1; entry < _entries.End; entry++)
        {
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

    private void Remove(int row, int entry)
    {
        if (entry == 0)
        {
            return;
        }

        attributes.Release(_entries[entry].Attributes);
        _entries.Remove(row, entry);
        Count--;
    }

    /// <summary>One path advertised.</summary>
    internal struct Entry
    {
        /// <summary>Our identifier of the path; 0 when the entry is free.</summary>
        public uint PathId;

        /// <summary>Attributes before export.</summary>
        public int Attributes;

        /// <summary>Whose path it is.</summary>
        public PeerIndex Source;
    }
}
