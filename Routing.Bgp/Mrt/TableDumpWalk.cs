using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Mrt;

/// <summary>Walks the tables for a dump, a slice at a time; runs on the RIB's thread, between whose turns the slice is
/// written out. One buffer, and never more than a slice in it.</summary>
/// <remarks>Rows keep their numbers, so a prefix that is there from the beginning of the walk to its end is met once;
/// one that comes or goes meanwhile may be met or not. A peer that appears during the walk has no place in the
/// PEER_INDEX_TABLE, and its paths are left out.</remarks>
internal sealed class TableDumpWalk(MrtTable table, DateTimeOffset time)
{
    /// <summary>Rows looked at in one go.</summary>
    private const int RowsPerSlice = 4096;

    /// <summary>Octets in one go; a record that is longer alone gets a buffer as long as itself.</summary>
    private const int OctetsPerSlice = 256 * 1024;

    private readonly Dictionary<PeerIndex, (RibPeer Peer, ushort Number)> _numbers = [];
    private byte[] _buffer = new byte[OctetsPerSlice];
    private int _family;
    private int _row = 1;
    private uint _sequence;

    /// <summary>Octets of the slice read last.</summary>
    public int Length { get; private set; }

    /// <summary>The slice read last; valid until the next is read.</summary>
    public ReadOnlyMemory<byte> Slice => _buffer.AsMemory(0, Length);

    /// <summary>Reads the first slice, the PEER_INDEX_TABLE.</summary>
    /// <param name="rib">The tables.</param>
    /// <param name="own">Ourselves: number 0, with no address, as our own routes have no peer.</param>
    /// <param name="peers">The neighbours.</param>
    public void Begin(RibTables rib, SpeakerIdentity own, IReadOnlyCollection<TableDumpPeer> peers)
    {
        var listed = ImmutableArray.CreateBuilder<MrtPeer>();
        listed.Add(new MrtPeer(own.RouterId, IPAddress.Any, own.Asn));
        foreach (var (index, address, asn) in peers)
        {
            if (rib.Peers.TryGetValue(index, out var peer) && listed.Count <= ushort.MaxValue)
            {
                _numbers.Add(index, (peer, (ushort)listed.Count));
                listed.Add(new MrtPeer(peer.Session?.PeerIdentifier ?? 0, address, asn));
            }
        }

        var peerIndex = new PeerIndexTable(own.RouterId, "", listed.DrainToImmutable());
        EnsureBuffer(peerIndex.MaxEncodedLength);
        var writer = new WireWriter(_buffer);
        peerIndex.Encode(ref writer, time);
        Length = writer.Position;
    }

    /// <summary>Reads the next slice.</summary>
    /// <returns>False when all has been read; the slice is then empty.</returns>
    public bool ReadNext(RibTables rib)
    {
        var writer = new WireWriter(_buffer);
        while (_family < rib.Families.Length)
        {
            var locRib = rib.Families[_family].LocRib;
            var end = Math.Min(locRib.Prefixes.End, _row + RowsPerSlice);
            while (_row < end)
            {
                var length = locRib.Prefixes[_row].InUse ? MeasureRow(rib, locRib) : 0;
                if (length > writer.Free && writer.Position > 0)
                {
                    Length = writer.Position;
                    return true;
                }

                if (EnsureBuffer(length))
                {
                    writer = new WireWriter(_buffer);
                }

                if (length > 0)
                {
                    WriteRow(rib, locRib, ref writer);
                }

                _row++;
            }

            if (_row < locRib.Prefixes.End)
            {
                Length = writer.Position;
                return true;
            }

            (_family, _row) = (_family + 1, 1);
        }

        Length = writer.Position;
        return Length > 0;
    }

    /// <summary>Most octets the record of a row takes.</summary>
    private int MeasureRow(RibTables rib, LocRib locRib)
    {
        var length = RibRecordWriter.Overhead;
        for (var path = First(locRib); path != 0; path = Next(rib, path))
        {
            length += RibRecordWriter.EntryLength(rib.Attributes.Octets(AttributesOf(rib, path)).Length);
        }

        return length;
    }

    private void WriteRow(RibTables rib, LocRib locRib, ref WireWriter writer)
    {
        var hasPathIds = false;
        for (var path = First(locRib); path != 0; path = Next(rib, path))
        {
            hasPathIds |= rib.Paths.PathIdOf(path) != 0;
        }

        // RFC 8050 §4: only where a peer sent an identifier, for the sake of readers from before it.
        var record = new RibRecordWriter(ref writer, time, _sequence, locRib.Prefixes.PrefixOf(_row), hasPathIds);
        for (var path = First(locRib); path != 0; path = Next(rib, path))
        {
            if (TryNumber(rib, new PeerIndex(rib.Paths[path].Peer), out var number))
            {
                record.Add(
                    ref writer,
                    number,
                    (uint)time.ToUnixTimeSeconds(),
                    rib.Paths.PathIdOf(path),
                    rib.Attributes.Octets(AttributesOf(rib, path)));
            }
        }

        _sequence += record.End(ref writer) ? 1u : 0;
    }

    /// <summary>As received, or of the best path as the import policy made them.</summary>
    private int AttributesOf(RibTables rib, int path) =>
        table == MrtTable.LocRib ? rib.Paths[path].Attributes : rib.Paths.ReceivedOf(path);

    private int First(LocRib locRib) =>
        table == MrtTable.LocRib ? locRib.BestOf(_row) : locRib.Prefixes[_row].FirstPath;

    private int Next(RibTables rib, int path) => table == MrtTable.LocRib ? 0 : rib.Paths[path].Next;

    /// <summary>A peer's number; one that left meanwhile may have given its place in the RIB to another.</summary>
    private bool TryNumber(RibTables rib, PeerIndex peer, out ushort number)
    {
        number = 0;
        if (peer == PeerIndex.Local)
        {
            return true;
        }

        if (!_numbers.TryGetValue(peer, out var known) || !rib.Peers.TryGetValue(peer, out var now) || now != known.Peer)
        {
            return false;
        }

        number = known.Number;
        return true;
    }

    private bool EnsureBuffer(int length)
    {
        if (length <= _buffer.Length)
        {
            return false;
        }

        _buffer = new byte[length];
        return true;
    }
}
