using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Mrt;

/// <summary>Reads one RIB record of a table dump (RFC 6396 §4.3.2, RFC 8050 §4.1): the prefix, then its entries one by
/// one.</summary>
internal ref struct RibRecord
{
    private readonly bool _addPath;
    private WireReader _entries;
    private int _left;

    private RibRecord(Prefix prefix, bool addPath, WireReader entries, int count)
    {
        (Prefix, _addPath, _left) = (prefix, addPath, count);
        _entries = entries;
    }

    /// <summary>The prefix of all entries.</summary>
    public Prefix Prefix { get; }

    /// <summary>Reads the head of a record.</summary>
    /// <param name="body">Borrowed.</param>
    /// <returns>False for what is no record of unicast routes, or is cut short in its head.</returns>
    public static bool TryRead(TableDumpSubtype subtype, ReadOnlySpan<byte> body, out RibRecord record)
    {
        record = default;
        var reader = new WireReader(body);
        if (!subtype.TrySplit(out var family, out var addPath) || !reader.TryReadUInt32(out _)
            || !TryReadPrefix(ref reader, family, out var prefix) || !reader.TryReadUInt16(out var count))
        {
            return false;
        }

        record = new RibRecord(prefix, addPath, reader, count);
        return true;
    }

    /// <summary>Reads the next entry.</summary>
    /// <returns>False at the end, and at an entry that runs past it.</returns>
    public bool TryReadEntry(out RibEntry entry)
    {
        entry = default;
        var pathId = 0u;
        if (_left-- <= 0 || !_entries.TryReadUInt16(out var peer) || !_entries.TryReadUInt32(out var originated)
            || (_addPath && !_entries.TryReadUInt32(out pathId)) || !_entries.TryReadUInt16(out var length)
            || !_entries.TryReadOctets(length, out var attributes))
        {
            return false;
        }

        entry = new RibEntry(peer, originated, pathId, attributes);
        return true;
    }

    private static bool TryReadPrefix(scoped ref WireReader reader, AfiSafi family, out Prefix prefix)
    {
        prefix = default;
        var octets = 1 + (((reader.IsEmpty ? 0 : reader.Rest[0]) + 7) >> 3);
        if (!reader.TryReadOctets(octets, out var nlri))
        {
            return false;
        }

        var cursor = new NlriCursor(family, nlri);
        return cursor.TryRead(out prefix);
    }
}
