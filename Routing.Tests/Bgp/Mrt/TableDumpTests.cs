using Routing.Bgp.Mrt;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>The walk of a dump over the RIB's tables, slice by slice.</summary>
[TestFixture]
public sealed class TableDumpTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Test]
    public async Task Holds_every_path_of_every_peer()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Add(2, import: new RouteFilter([new RouteRule { Action = RuleAction.Reject }]));
        harness.Up(2);
        var first = new RouteModel { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };
        var second = new RouteModel { AsPath = [64502, 7], NextHop = RibHarness.NextHopOf(2), Med = 5 };
        harness.Announce(1, first, "10.1.0.0/16", "10.2.0.0/16");
        harness.Announce(2, second, "10.1.0.0/16");
        harness.Rib.Originate([RibHarness.Parse("2001:db8::/48")], []);

        var dumped = await ReadAsync(Dump(harness, MrtTable.AdjRibIn));
        Assert.That(dumped, Is.EquivalentTo(new[]
        {
            ("10.1.0.0/16", "10.0.0.1", 64501u), ("10.1.0.0/16", "10.0.0.2", 64502u),
            ("10.2.0.0/16", "10.0.0.1", 64501u), ("2001:db8::/48", "0.0.0.0", RibHarness.OwnAsn),
        }), "a path that the import filter rejects too");

        var best = await ReadAsync(Dump(harness, MrtTable.LocRib));
        Assert.That(best.Select(entry => (entry.Prefix, entry.Peer)), Is.EquivalentTo(new[]
        {
            ("10.1.0.0/16", "10.0.0.1"), ("10.2.0.0/16", "10.0.0.1"), ("2001:db8::/48", "0.0.0.0"),
        }));
    }

    [Test]
    public async Task A_table_of_many_slices_is_met_once()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        var model = new RouteModel { AsPath = [.. Enumerable.Range(1, 100).Select(i => (uint)i)], NextHop = 1 };
        var prefixes = Enumerable.Range(0, 10_000).Select(i => $"10.{i / 256}.{i % 256}.0/24").ToArray();
        harness.Announce(1, model, prefixes);
        var slices = Dump(harness, MrtTable.AdjRibIn);
        Assert.That(slices, Has.Count.GreaterThan(10));
        Assert.That(slices.Max(slice => slice.Length), Is.LessThanOrEqualTo(256 * 1024), "bounded memory");
        var dumped = await ReadAsync(slices);
        Assert.That(dumped.Select(entry => entry.Prefix), Is.EquivalentTo(prefixes));
    }

    [Test]
    public async Task A_peer_that_comes_during_the_walk_is_left_out()
    {
        var harness = new RibHarness();
        harness.Connect(1);
        harness.Announce(1, new RouteModel { AsPath = [64501], NextHop = 1 }, "10.1.0.0/16");
        var walk = new TableDumpWalk(MrtTable.AdjRibIn, Time);
        walk.Begin(harness.Tables, Own, [new TableDumpPeer(RibHarness.Index(1), RibHarness.Address(1), 64501)]);
        var slices = new List<byte[]> { walk.Slice.ToArray() };
        harness.Rib.RemovePeer(RibHarness.Index(1));
        harness.Settle();
        harness.Connect(1); // another one at the same place
        harness.Announce(1, new RouteModel { AsPath = [64501], NextHop = 1 }, "10.1.0.0/16");
        while (walk.ReadNext(harness.Tables))
        {
            slices.Add(walk.Slice.ToArray());
        }

        Assert.That(await ReadAsync(slices), Is.Empty);
    }

    [Test]
    public async Task Several_paths_of_a_peer_have_their_identifiers()
    {
        // RFC 8050 §4.1
        var harness = new RibHarness();
        harness.Connect(1);
        var prefix = RibHarness.Parse("10.1.0.0/16");
        harness.AnnouncePath(1, new RouteModel { AsPath = [64501], NextHop = 1 }, prefix, 7);
        harness.AnnouncePath(1, new RouteModel { AsPath = [64501], NextHop = 2 }, prefix, 9);
        await using var reader = MrtReader.Open(new MemoryStream([.. Dump(harness, MrtTable.AdjRibIn).SelectMany(slice => slice)]));
        Assert.That(await reader.ReadAsync(default) && await reader.ReadAsync(default), Is.True);
        Assert.That(reader.Header.Subtype, Is.EqualTo((ushort)TableDumpSubtype.RibIPv4UnicastAddPath));
        Assert.That(PathIds(reader), Is.EquivalentTo(new[] { 7u, 9u }));
    }

    private static List<uint> PathIds(MrtReader reader)
    {
        var ids = new List<uint>();
        RibRecord.TryRead((TableDumpSubtype)reader.Header.Subtype, reader.Body.Span, out var record);
        while (record.TryReadEntry(out var entry))
        {
            ids.Add(entry.PathId);
        }

        return ids;
    }

    private static SpeakerIdentity Own { get; } = new(RibHarness.OwnAsn, RibHarness.OwnId, RibHarness.OwnId);

    private static List<byte[]> Dump(RibHarness harness, MrtTable table)
    {
        var walk = new TableDumpWalk(table, Time);
        walk.Begin(
            harness.Tables,
            Own,
            [.. harness.Tables.Peers.Values.Select(peer => new TableDumpPeer(
                peer.Index, RibHarness.Address(peer.Index.Value), 64500u + peer.Index.Value))]);
        var slices = new List<byte[]> { walk.Slice.ToArray() };
        while (walk.ReadNext(harness.Tables))
        {
            slices.Add(walk.Slice.ToArray());
        }

        return slices;
    }

    private static async Task<List<(string Prefix, string Peer, uint Asn)>> ReadAsync(List<byte[]> slices)
    {
        await using var reader = MrtReader.Open(new MemoryStream([.. slices.SelectMany(slice => slice)]));
        Assert.That(await reader.ReadAsync(default), Is.True);
        Assert.That(PeerIndexTable.TryDecode(reader.Body.Span, out var peers), Is.True);
        var entries = new List<(string, string, uint)>();
        while (await reader.ReadAsync(default))
        {
            Read(reader, peers!, entries);
        }

        return entries;
    }

    private static void Read(MrtReader reader, PeerIndexTable peers, List<(string, string, uint)> entries)
    {
        Assert.That(RibRecord.TryRead((TableDumpSubtype)reader.Header.Subtype, reader.Body.Span, out var record), Is.True);
        while (record.TryReadEntry(out var entry))
        {
            var peer = peers.Peers[entry.Peer];
            entries.Add((record.Prefix.ToString(), peer.Address.ToString(), peer.Asn));
        }
    }
}
