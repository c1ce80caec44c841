using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Bmp;

/// <summary>What a station has been told of one family: for each prefix a list of routes, 20 octets each. A station that
/// monitors no routes costs nothing.</summary>
/// <remarks>A reference to the attributes is held, so that an equal index means equal attributes.</remarks>
internal sealed class ToldRoutes(AttributeTable attributes)
{
    private readonly ChunkedArray<Entry> _entries = new();
    private readonly ChunkedArray<int> _heads = new();
    private int _firstFree;

    /// <summary>First entry of a row, or 0.</summary>
    public int FirstOf(int row) => row < _heads.End ? _heads[row] : 0;

    /// <summary>The entry at a place.</summary>
    public ref readonly Entry this[int entry] => ref _entries[entry];

    /// <summary>The entry of a route, or 0.</summary>
    public int Find(int row, RouteName name)
    {
        var entry = FirstOf(row);
        while (entry != 0 && _entries[entry].Name != name)
        {
            entry = _entries[entry].Next;
        }

        return entry;
    }

    /// <summary>Notes that a route has been told, or told anew.</summary>
    public void Set(int row, RouteName name, int set)
    {
        attributes.AddReference(set);
        var entry = Find(row, name);
        if (entry != 0)
        {
            attributes.Release(_entries[entry].Attributes);
            _entries[entry].Attributes = set;
            return;
        }

        entry = _firstFree;
        if (entry == 0)
        {
            entry = _entries.Add();
        }
        else
        {
            _firstFree = _entries[entry].Next;
        }

        _heads.EnsureEnd(row + 1);
        _entries[entry] = new Entry { Name = name, Attributes = set, Next = _heads[row] };
        _heads[row] = entry;
    }

    /// <summary>Notes that a route has been withdrawn.</summary>
    public void Remove(int row, RouteName name)
    {
        var entry = Find(row, name);
        if (entry != 0)
        {
            Remove(ref _heads[row], entry);
        }
    }

    /// <summary>Forgets all routes of a peer: its session ended, and the station forgets them too (RFC 7854 §4.9).</summary>
    public void RemoveAllOf(PeerIndex source)
    {
        for (var row = 1; row < _heads.End; row++)
        {
            for (var entry = _heads[row]; entry != 0;)
            {
                var next = _entries[entry].Next;
                if (_entries[entry].Name.Source == source && _entries[entry].Name.Table != MonitoredTable.LocRib)
                {
                    Remove(ref _heads[row], entry);
                }

                entry = next;
            }
        }
    }

    /// <summary>Gives up all references; nothing may be asked afterwards.</summary>
    public void Release()
    {
        for (var row = 1; row < _heads.End; row++)
        {
            for (var entry = _heads[row]; entry != 0; entry = _entries[entry].Next)
            {
                attributes.Release(_entries[entry].Attributes);
            }
        }
    }

    private void Remove(ref int head, int entry)
    {
        ref var link = ref head;
        while (link != entry)
        {
            link = ref _entries[link].Next;
        }

        link = _entries[entry].Next;
        attributes.Release(_entries[entry].Attributes);
        _entries[entry] = new Entry { Next = _firstFree };
        _firstFree = entry;
    }

    /// <summary>One route told.</summary>
    internal struct Entry
    {
        /// <summary>Which, of its prefix.</summary>
        public RouteName Name;

        /// <summary>The next of the same row, or the next free one.</summary>
        public int Next;

        /// <summary>Its attributes, as the table has them.</summary>
        public int Attributes;
    }
}
