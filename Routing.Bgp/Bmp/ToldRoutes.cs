using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Bmp;

/// <summary>What a station has been told of one family: for each prefix a list of routes, 20 octets each. A station that
/// monitors no routes costs nothing.</summary>
/// <remarks>A reference to the attributes is held, so that an equal index means equal attributes.</remarks>
internal sealed class ToldRoutes(AttributeTable attributes)
{
    private readonly RowLists<Entry> _entries = new();

    /// <summary>First entry of a row, or 0.</summary>
    public int FirstOf(int row) => _entries.FirstOf(row);

    /// <summary>The next entry of the same row, or 0.</summary>
    public int NextOf(int entry) => _entries.NextOf(entry);

    /// <summary>The entry at a place.</summary>
    public ref readonly Entry this[int entry] => ref _entries[entry];

    /// <summary>The entry of a route, or 0.</summary>
    public int Find(int row, RouteName name)
    {
        var entry = FirstOf(row);
        while (entry != 0 && _entries[entry].Name != name)
        {
            entry = _entries.NextOf(entry);
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

        _entries.Add(row, new Entry { Name = name, Attributes = set });
    }

    /// <summary>Notes that a route has been withdrawn.</summary>
    public void Remove(int row, RouteName name)
    {
        var entry = Find(row, name);
        if (entry != 0)
        {
            Remove(row, entry);
        }
    }

    /// <summary>Forgets all routes of a peer: its session ended, and the station forgets them too (RFC 7854 §4.9).</summary>
    public void RemoveAllOf(PeerIndex source)
    {
        for (var row = 1; row < _entries.RowEnd; row++)
        {
            for (var entry = FirstOf(row); entry != 0;)
            {
                var next = NextOf(entry);
                if (_entries[entry].Name.Source == source && _entries[entry].Name.Table != MonitoredTable.LocRib)
                {
                    Remove(row, entry);
                }

                entry = next;
            }
        }
    }

    /// <summary>Gives up all references; nothing may be asked afterwards.</summary>
    public void Release()
    {
        for (var row = 1; row < _entries.RowEnd; row++)
        {
            for (var entry = FirstOf(row); entry != 0; entry = NextOf(entry))
            {
                attributes.Release(_entries[entry].Attributes);
            }
        }
    }

    private void Remove(int row, int entry)
    {
        attributes.Release(_entries[entry].Attributes);
        _entries.Remove(row, entry);
    }

    /// <summary>One route told.</summary>
    internal struct Entry
    {
        /// <summary>Which, of its prefix.</summary>
        public RouteName Name;

        /// <summary>Its attributes, as the table has them.</summary>
        public int Attributes;
    }
}
