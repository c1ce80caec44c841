using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Mrt;

/// <summary>Writes one RIB record of a table dump (RFC 6396 §4.3.2, §4.3.4; RFC 8050 §4.1): begin, an entry for each
/// path, end.</summary>
internal struct RibRecordWriter
{
    private readonly bool _addPath;
    private readonly AfiSafi _family;
    private readonly int _start;
    private readonly int _countPlace;
    private ushort _count;

    /// <summary>Starts the record of a prefix.</summary>
    /// <param name="writer">Must have room for <see cref="Overhead"/> and each entry's <see cref="EntryLength"/>.</param>
    /// <param name="time">When the dump was made.</param>
    /// <param name="sequence">Number of the record in the dump.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="addPath">Entries have path identifiers.</param>
    public RibRecordWriter(
        ref WireWriter writer, DateTimeOffset time, uint sequence, Prefix prefix, bool addPath)
    {
        _addPath = addPath;
        _family = prefix.Family;
        var subtype = TableDumpSubtypes.For(prefix.Family, addPath);
        _start = MrtHeader.Begin(ref writer, time, MrtType.TableDumpV2, (ushort)subtype);
        writer.WriteUInt32(sequence);
        NlriCodec.Write(ref writer, prefix);
        _countPlace = writer.ReserveUInt16();
    }

    /// <summary>Most octets of a record without entries.</summary>
    public const int Overhead = MrtHeader.Length + 4 + NlriCodec.MaxEncodedLength + 2;

    /// <summary>Most octets of an entry.</summary>
    public static int EntryLength(int attributesLength) =>
        2 + 4 + 4 + 2 + attributesLength + RibEntryAttributes.Growth;

    /// <summary>Adds a path, unless the fields of the format cannot count it: a 65,536th of a prefix, or attributes as
    /// long as an extended message (RFC 8654).</summary>
    /// <param name="writer">The same.</param>
    /// <param name="peer">Index of the peer in the PEER_INDEX_TABLE.</param>
    /// <param name="originated">When the path was heard of, in seconds since 1970.</param>
    /// <param name="pathId">RFC 7911; written when the record has path identifiers.</param>
    /// <param name="canonical">Its attributes (see <c>UpdateBatch</c>).</param>
    public void Add(
        ref WireWriter writer, ushort peer, uint originated, uint pathId, scoped ReadOnlySpan<byte> canonical)
    {
        if (_count == ushort.MaxValue || canonical.Length + RibEntryAttributes.Growth > ushort.MaxValue)
        {
            return;
        }

        writer.WriteUInt16(peer);
        writer.WriteUInt32(originated);
        if (_addPath)
        {
            writer.WriteUInt32(pathId);
        }

        var length = writer.ReserveUInt16();
        RibEntryAttributes.Write(ref writer, canonical, _family);
        writer.PatchLengthUInt16(length);
        _count++;
    }

    /// <summary>Ends the record, or takes it back when it has no entry.</summary>
    /// <returns>False when nothing was written.</returns>
    public readonly bool End(ref WireWriter writer)
    {
        if (_count == 0)
        {
            writer.Position = _start;
            return false;
        }

        writer.PatchUInt16(_countPlace, _count);
        MrtHeader.End(ref writer, _start);
        return true;
    }
}
