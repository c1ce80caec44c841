using System.Buffers;
using System.Runtime.InteropServices;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bmp;

/// <summary>Tells a station of one family's Adj-RIBs-In and Loc-RIB: a walk over the table first, the journal from then on,
/// both at the station's pace. A prefix that changed often while the station was slow is told once.</summary>
/// <remarks>
/// <code>
///  walk or journal > each route as the tables have it | as it was told > what differs, sorted > Route Monitoring > output
/// </code>
/// What was told is noted only when the output took it; otherwise the same slice is made again, of what is true then.
/// </remarks>
internal sealed class MonitorFeed : IJournalReader
{
    /// <summary>Octets of one slice, and a prefix more.</summary>
    private const int OctetsPerSlice = 128 * 1024;

    /// <summary>Rows of one slice: what has been told already costs no octets.</summary>
    private const int RowsPerSlice = 4096;

    private readonly RibTables _rib;
    private readonly RibFamily _family;
    private readonly MonitoredPeers _peers;
    private readonly ToldRoutes _told;
    private readonly BmpViews _views;
    private readonly List<MonitoredChange> _changes = [];
    private readonly List<RouteName> _present = []; // routes of the prefix being looked at
    private readonly List<RouteName> _endsOfRib = []; // markers owed
    private int _nextRow = 1;
    private int _octets;

    public MonitorFeed(RibTables rib, RibFamily family, BmpViews views, MonitoredPeers peers)
    {
        (_rib, _family, _peers, _views) = (rib, family, peers, views);
        _told = new ToldRoutes(rib.Attributes);
        JournalPosition = family.LocRib.Journal.End;
        if (Has(BmpViews.LocRib))
        {
            _endsOfRib.Add(RouteName.Best);
        }
    }

    /// <inheritdoc/>
    public long JournalPosition { get; set; }

    /// <inheritdoc/>
    public bool ReadsAllPaths => (_views & (BmpViews.AdjRibInPrePolicy | BmpViews.AdjRibInPostPolicy)) != 0;

    /// <inheritdoc/>
    public bool HasAdvertised(int row) => _told.FirstOf(row) != 0;

    /// <summary>A peer is to be told of; what is kept of its routes already is met by another walk.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="hasSent">All its routes are here: End-of-RIB follows them.</param>
    public void OnPeerUp(RibPeer peer, bool hasSent)
    {
        if (_family.In(peer.Index).Received > 0)
        {
            _nextRow = 1;
        }

        if (hasSent)
        {
            OweEndOfRib(peer);
        }
    }

    /// <summary>The station has forgotten the peer's routes.</summary>
    public void OnPeerDown(RibPeer peer)
    {
        _endsOfRib.RemoveAll(name => name.Source == peer.Index && name.Table != MonitoredTable.LocRib);
        _told.RemoveAllOf(peer.Index);
    }

    /// <summary>The peer has sent all its routes.</summary>
    public void OweEndOfRib(RibPeer peer)
    {
        if (!peer.Carries(_family.Family))
        {
            return;
        }

        foreach (var (view, table) in (ReadOnlySpan<(BmpViews, MonitoredTable)>)
                 [
                     (BmpViews.AdjRibInPrePolicy, MonitoredTable.AdjRibInPrePolicy),
                     (BmpViews.AdjRibInPostPolicy, MonitoredTable.AdjRibInPostPolicy),
                 ])
        {
            if (Has(view))
            {
                _endsOfRib.Add(new RouteName(0, peer.Index, table));
            }
        }
    }

    /// <summary>One slice of work.</summary>
    /// <param name="output">The station.</param>
    /// <param name="time">Stands in its messages.</param>
    /// <param name="isRefused">The output took nothing.</param>
    /// <returns>True when something was done, and there may be more to do.</returns>
    public bool Run(IPeerOutput output, DateTimeOffset time, out bool isRefused)
    {
        isRefused = false;
        var journal = _family.LocRib.Journal;
        if (_nextRow == 0 && JournalPosition == journal.End && _endsOfRib.Count == 0)
        {
            return false;
        }

        var (position, nextRow) = (JournalPosition, _nextRow);
        Collect(ref position, ref nextRow);
        var isCaughtUp = nextRow == 0 && position == journal.End;
        if (!TryWrite(output, time, isCaughtUp))
        {
            isRefused = true;
            return false;
        }

        foreach (var change in _changes)
        {
            Note(change);
        }

        (JournalPosition, _nextRow) = (position, nextRow);
        if (isCaughtUp)
        {
            _endsOfRib.Clear();
        }

        return true;
    }

    /// <summary>Gives up what it holds.</summary>
    public void Release() => _told.Release();

    private bool Has(BmpViews view) => (_views & view) != 0;

    private void Collect(ref long position, ref int nextRow)
    {
        _changes.Clear();
        _octets = 0;
        var rows = 0;
        var locRib = _family.LocRib;
        while (nextRow != 0 && rows < RowsPerSlice && _octets < OctetsPerSlice)
        {
            if (nextRow >= locRib.Prefixes.End)
            {
                nextRow = 0;
                break;
            }

            if (locRib.Prefixes[nextRow].InUse)
            {
                Consider(nextRow);
            }

            (nextRow, rows) = (nextRow + 1, rows + 1);
        }

        while (nextRow == 0 && rows++ < RowsPerSlice && _octets < OctetsPerSlice
               && locRib.Journal.TryRead(ref position, ReadsAllPaths, out var row))
        {
            Consider(row);
        }
    }

    /// <summary>What the tables have of a prefix, beside what was told of it.</summary>
    private void Consider(int row)
    {
        var locRib = _family.LocRib;
        _present.Clear();
        for (var path = ReadsAllPaths ? locRib.Prefixes[row].FirstPath : 0; path != 0; path = locRib.Paths[path].Next)
        {
            ref var entry = ref locRib.Paths[path];
            var source = new PeerIndex(entry.Peer);
            if (!_peers.Contains(source))
            {
                continue;
            }

            var pathId = locRib.Paths.PathIdOf(path);
            if (Has(BmpViews.AdjRibInPrePolicy))
            {
                Compare(row, new RouteName(pathId, source, MonitoredTable.AdjRibInPrePolicy), locRib.Paths.ReceivedOf(path));
            }

            if (Has(BmpViews.AdjRibInPostPolicy) && entry.IsCandidate)
            {
                Compare(row, new RouteName(pathId, source, MonitoredTable.AdjRibInPostPolicy), entry.Attributes);
            }
        }

        if (Has(BmpViews.LocRib) && locRib.BestOf(row) is var best && best != 0)
        {
            Compare(row, RouteName.Best, locRib.Paths[best].Attributes);
        }

        for (var told = _told.FirstOf(row); told != 0; told = _told.NextOf(told))
        {
            if (!_present.Contains(_told[told].Name))
            {
                Add(new MonitoredChange(row, _told[told].Name, 0), 0);
            }
        }
    }

    private void Compare(int row, RouteName name, int attributes)
    {
        var length = _rib.Attributes.Octets(attributes).Length;
        if (length > RouteMonitoring.MaxAttributesLength)
        {
            return; // no UPDATE holds them; as good as gone
        }

        _present.Add(name);
        var told = _told.Find(row, name);
        if (told == 0 || _told[told].Attributes != attributes)
        {
            Add(new MonitoredChange(row, name, attributes), length);
        }
    }

    private void Add(MonitoredChange change, int attributesLength)
    {
        _changes.Add(change);
        _octets += RouteMonitoring.Overhead + attributesLength;
    }

    private void Note(in MonitoredChange change)
    {
        if (change.Attributes == 0)
        {
            _told.Remove(change.Row, change.Name);
        }
        else
        {
            _told.Set(change.Row, change.Name, change.Attributes);
        }
    }

    private bool TryWrite(IPeerOutput output, DateTimeOffset time, bool isCaughtUp)
    {
        var octets = _octets + (isCaughtUp ? _endsOfRib.Count * RouteMonitoring.Overhead : 0);
        if (octets == 0)
        {
            return true;
        }

        var rented = ArrayPool<byte>.Shared.Rent(octets);
        var writer = new WireWriter(rented);
        Encode(ref writer, time);
        foreach (var name in isCaughtUp ? CollectionsMarshal.AsSpan(_endsOfRib) : [])
        {
            var (peer, flags) = _peers.HeaderOf(name);
            RouteMonitoring.WriteEndOfRib(ref writer, peer, flags, time, _family.Family);
        }

        var messages = new EncodedMessages(rented, writer.Position, messageCount: 1);
        var isTaken = output.TryWrite([messages]);
        messages.Release();
        return isTaken;
    }

    private void Encode(scoped ref WireWriter writer, DateTimeOffset time)
    {
        // Withdrawals have attributes 0 and so come before the announcements of the same peer and table.
        _changes.Sort(static (left, right) => Compare(left, right));
        var changes = CollectionsMarshal.AsSpan(_changes);
        for (var start = 0; start < changes.Length;)
        {
            ref readonly var first = ref changes[start];
            var end = start + 1;
            while (end < changes.Length && changes[end].Attributes == first.Attributes
                   && changes[end].Name.Source == first.Name.Source && changes[end].Name.Table == first.Name.Table)
            {
                end++;
            }

            var (peer, flags) = _peers.HeaderOf(first.Name);
            RouteMonitoring.Write(
                ref writer,
                peer,
                flags,
                time,
                _family.LocRib.Prefixes,
                first.Attributes == 0 ? [] : _rib.Attributes.Octets(first.Attributes),
                changes[start..end],
                _peers.HasPathIds(first.Name, _family.Family));
            start = end;
        }
    }

    private static int Compare(in MonitoredChange left, in MonitoredChange right)
    {
        var byTable = left.Name.Table.CompareTo(right.Name.Table);
        var bySource = byTable != 0 ? byTable : left.Name.Source.Value.CompareTo(right.Name.Source.Value);
        return bySource != 0 ? bySource : left.Attributes.CompareTo(right.Attributes);
    }
}
