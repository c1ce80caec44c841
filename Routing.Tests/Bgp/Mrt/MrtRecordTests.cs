using System.Net;
using Routing.Bgp.Mrt;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Mrt;

/// <summary>MRT records, octet for octet (RFC 6396, RFC 8050).</summary>
[TestFixture]
public sealed class MrtRecordTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(0x65000000);

    private static readonly PeerIndexTable Peers = new(
        0x0A0000FE,
        "v",
        [new(0, IPAddress.Any, 65000), new(0x0A000001, IPAddress.Parse("fd00::1"), 4_200_000_001)]);

    private static readonly byte[] PeersRecord = Hex.Parse("""
        65000000 000D 0001 0000002F     # time, TABLE_DUMP_V2, PEER_INDEX_TABLE, length
        0A0000FE 0001 76 0002           # collector, view "v", two peers
        02 00000000 00000000 0000FDE8   # IPv4, AS of four octets
        03 0A000001 FD000000000000000000000000000001 FA56EA01
        """);

    [Test]
    public void Writes_and_reads_the_peer_index_table()
    {
        // RFC 6396 §4.3.1
        var writer = new WireWriter(new byte[Peers.MaxEncodedLength]);
        Peers.Encode(ref writer, Time);
        Assert.That(writer.Written.ToArray(), Is.EqualTo(PeersRecord));
        Assert.That(PeerIndexTable.TryDecode(PeersRecord.AsSpan(MrtHeader.Length), out var table), Is.True);
        Assert.That(table, Is.EqualTo(Peers));
        for (var cut = MrtHeader.Length; cut < PeersRecord.Length; cut++)
        {
            Assert.That(PeerIndexTable.TryDecode(PeersRecord.AsSpan(MrtHeader.Length..cut), out _), Is.False);
        }
    }

    [Test]
    public void Reads_peers_with_an_AS_number_of_two_octets()
    {
        var body = Hex.Parse("00000000 0000 0001 00 0A000001 C0000201 FDE9");
        Assert.That(PeerIndexTable.TryDecode(body, out var table), Is.True);
        Assert.That(
            table!.Peers, Is.EqualTo(new[] { new MrtPeer(0x0A000001, IPAddress.Parse("192.0.2.1"), 65001) }));
    }

    [Test]
    public void Writes_an_IPv4_entry() => Check(
        "10.1.0.0/16",
        addPath: false,
        """
        65000000 000D 0002 00000025     # RIB_IPV4_UNICAST, RFC 6396 §4.3.2
        00000005 10 0A01 0001           # sequence, prefix, one entry
        0001 00000009 0014              # peer, heard of at 9, attributes
        40 01 01 00                     # ORIGIN
        40 02 06 02 01 0000FDE9         # AS_PATH with four octets, §4.3.4
        40 03 04 0A000007               # NEXT_HOP
        """);

    [Test]
    public void Writes_an_IPv6_entry_with_the_next_hop_alone_in_MP_REACH_NLRI() => Check(
        "2001:db8::/32",
        addPath: false,
        """
        65000000 000D 0004 00000034     # RIB_IPV6_UNICAST, RFC 6396 §4.3.2
        00000005 20 20010DB8 0001
        0001 00000009 0021
        40 01 01 00
        40 02 06 02 01 0000FDE9
        80 0E 11 10 FD000000000000000000000000000007    # length and next hop, §4.3.4
        """);

    [Test]
    public void Writes_path_identifiers() => Check(
        "10.1.0.0/16",
        addPath: true,
        """
        65000000 000D 0008 00000029     # RIB_IPV4_UNICAST_ADDPATH, RFC 8050 §4.1
        00000005 10 0A01 0001
        0001 00000009 0000002A 0014     # the path identifier stands before the length
        40 01 01 00
        40 02 06 02 01 0000FDE9
        40 03 04 0A000007
        """);

    [Test]
    public void Our_own_route_has_the_unspecified_next_hop()
    {
        var own = Hex.Parse("40 01 01 00 40 02 00");
        foreach (var (family, written) in new[]
        {
            (AfiSafi.IPv4Unicast, "40 01 01 00 40 02 00 40 03 04 00000000"),
            (AfiSafi.IPv6Unicast, "40 01 01 00 40 02 00 80 0E 11 10 00000000000000000000000000000000"),
        })
        {
            var writer = new WireWriter(new byte[64]);
            RibEntryAttributes.Write(ref writer, own, family);
            Assert.That(writer.Written.ToArray(), Is.EqualTo(Hex.Parse(written)));
        }
    }

    [Test]
    public void A_record_without_entries_is_taken_back()
    {
        var writer = new WireWriter(new byte[64]);
        var record = new RibRecordWriter(ref writer, Time, 0, RibHarness.Parse("10.0.0.0/8"), addPath: false);
        Assert.That((record.End(ref writer), writer.Position), Is.EqualTo((false, 0)));
    }

    [Test]
    public void Extended_time_has_microseconds_inside_the_length()
    {
        // RFC 6396 §3
        var writer = new WireWriter(new byte[64]);
        var time = Time.AddTicks(1234567);
        var start = MrtHeader.Begin(ref writer, time, MrtType.Bgp4mpExtendedTime, (ushort)Bgp4mpSubtype.StateChangeAs4);
        MrtHeader.End(ref writer, start);
        Assert.That(writer.Written.ToArray(), Is.EqualTo(Hex.Parse("65000000 0011 0005 00000004 0001E240")));
    }

    [Test]
    public void Two_ends_go_there_and_back()
    {
        foreach (var ends in new Bgp4mpHeader[]
        {
            new(65001, 4_200_000_001, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")),
            new(65001, 65000, IPAddress.Parse("fd00::1"), IPAddress.Parse("fd00::2")),
        })
        {
            var writer = new WireWriter(new byte[Bgp4mpHeader.MaxEncodedLength]);
            ends.Encode(ref writer, asnOctets: 4);
            var reader = new WireReader(writer.Written);
            Assert.That(Bgp4mpHeader.TryDecode(ref reader, 4, out var read), Is.True);
            Assert.That((read, reader.IsEmpty), Is.EqualTo((ends, true)));
        }
    }

    private static void Check(string prefix, bool addPath, string expected)
    {
        var family = RibHarness.Parse(prefix).Family;
        var canonical = new RouteModel { AsPath = [65001], NextHop = RibHarness.NextHopOf(7, family) }.ToCanonical(family);
        var octets = Hex.Parse(expected);
        var writer = new WireWriter(new byte[RibRecordWriter.Overhead + RibRecordWriter.EntryLength(canonical.Length)]);
        var record = new RibRecordWriter(ref writer, Time, 5, RibHarness.Parse(prefix), addPath);
        record.Add(ref writer, 1, 9, 42, canonical);
        record.End(ref writer);
        Assert.That(Convert.ToHexString(writer.Written), Is.EqualTo(Convert.ToHexString(octets)));

        Assert.That(MrtHeader.TryRead(octets, out var header), Is.True);
        var body = octets.AsSpan(MrtHeader.Length);
        Assert.That(header.BodyLength, Is.EqualTo(body.Length));
        Assert.That(RibRecord.TryRead((TableDumpSubtype)header.Subtype, body, out var read), Is.True);
        Assert.That(read.Prefix, Is.EqualTo(RibHarness.Parse(prefix)));
        Assert.That(read.TryReadEntry(out var entry), Is.True);
        Assert.That((entry.Peer, entry.Originated, entry.PathId), Is.EqualTo(((ushort)1, 9u, addPath ? 42u : 0)));
        Assert.That(read.TryReadEntry(out _), Is.False);
        for (var cut = 0; cut < body.Length; cut++)
        {
            var isWhole = RibRecord.TryRead((TableDumpSubtype)header.Subtype, body[..cut], out var part)
                && part.TryReadEntry(out _);
            Assert.That(isWhole, Is.False, $"cut at {cut}");
        }
    }
}
