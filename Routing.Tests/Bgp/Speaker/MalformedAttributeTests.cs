using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Wire;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Speaker;

/// <summary>RFC 7606 on a session over TCP, from another AS and from our own: a prefix each row is announced as it should be
/// and then with the row's error, all in one session, which lives to the end. What must end it gets a session each.</summary>
[TestFixture]
public sealed class MalformedAttributeTests
{
    private const int Port = 17929;
    private const string O = "400101 00 ";
    private const string P = "400206 0201 0000FDE9 ";
    private const string N = "400304 7F004F02 ";

    private static readonly MalformedRow[] Rows =
    [
        new("RFC 7606 §7.1: ORIGIN 3", "400101 03" + P + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §7.1: ORIGIN of two octets", "400102 0000" + P + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §3.c: ORIGIN optional", "C00101 00" + P + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §3.d: no ORIGIN", P + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §3.d: no AS_PATH", O + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §3.d: no NEXT_HOP", O + P, "Withdraw", "Withdraw"),
        new("RFC 7606 §3.g: ORIGIN twice", O + P + N + "400101 02", "Discard", "Discard"),
        new("RFC 7606 §4: an attribute past the end", O + P + N + "800405 00", "Withdraw", "Withdraw"),
        new("RFC 7606 §4: half a header", O + P + N + "80", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.2: segment type 5", O + "400206 0501 0000FDE9" + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §7.2: segment past the end", O + "400206 0202 0000FDE9" + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §7.2: an octet left", O + "400207 0201 0000FDE9 02" + N, "Withdraw", "Withdraw"),
        new("RFC 7606 §7.2: empty segment", O + "400208 0201 0000FDE9 0200" + N, "Withdraw", "Withdraw"),
        new("RFC 5065 §5: AS_CONFED_SEQUENCE from a stranger", O + "400206 0301 0000FDE9" + N, "Withdraw", "Withdraw"),
        new("RFC 7607 §2: AS 0", O + "40020A 0202 0000FDE9 00000000" + N, "Withdraw", "Withdraw"),
        new("RFC 9774 §3: AS_SET", O + "40020C 0201 0000FDE9 0101 0000FDEA" + N, "Withdraw", "Withdraw"),
        new("RFC 4271 §6.3: another AS first", O + "400206 0201 0000FDEA" + N, "Withdraw", "Accept"),
        new("RFC 7606 §7.3: NEXT_HOP of three octets", O + P + "400303 0A0000", "Withdraw", "Withdraw"),
        new("RFC 4271 §6.3: NEXT_HOP multicast", O + P + "400304 E0000001", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.4: MULTI_EXIT_DISC", O + P + N + "800403 000000", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.5: LOCAL_PREF", O + P + N + "400503 000000", "Discard", "Withdraw"),
        new("RFC 7606 §7.5: LOCAL_PREF, well formed", O + P + N + "400504 00000064", "Discard", "Accept"),
        new("RFC 7606 §7.6: ATOMIC_AGGREGATE", O + P + N + "400601 00", "Discard", "Discard"),
        new("RFC 7606 §7.7: AGGREGATOR", O + P + N + "C00706 FDE9 0A000002", "Discard", "Discard"),
        new("RFC 7607 §2: AGGREGATOR of AS 0", O + P + N + "C00708 00000000 0A000002", "Discard", "Discard"),
        new("RFC 7606 §7.8: COMMUNITIES not in fours", O + P + N + "C00803 000000", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.8: COMMUNITIES empty", O + P + N + "C00800", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.9: ORIGINATOR_ID", O + P + N + "800903 000000", "Discard", "Withdraw"),
        new("RFC 7606 §7.10: CLUSTER_LIST", O + P + N + "800A05 0000000000", "Discard", "Withdraw"),
        new("RFC 7606 §7.14: EXTENDED COMMUNITIES", O + P + N + "C01007 00000000000000", "Withdraw", "Withdraw"),
        new("RFC 7606 §7.15: IPv6 EXTENDED COMMUNITIES", O + P + N + "C01904 00020000", "Withdraw", "Withdraw"),
        new("RFC 7311 §3: AIGP, enabled inside only", O + P + N + "801A0A 01000B 00000000000000", "Accept", "Discard"),
        new("RFC 7311 §3: AIGP transitive", O + P + N + "C01A0B 01000B 0000000000000001", "Accept", "Discard"),
        new("RFC 8092 §6: LARGE_COMMUNITY", O + P + N + "C0200B 0000000000000000000000", "Withdraw", "Withdraw"),
        new("RFC 9234 §5: ONLY_TO_CUSTOMER", O + P + N + "C02303 000000", "Withdraw", "Withdraw"),
        new("RFC 6793 §4.1: AS4_PATH of a new speaker", O + P + N + "C01106 0201 0000FDE9", "Accept", "Accept"),
        new("RFC 4271 §5: unknown optional", O + P + N + "C06304 00000000 806404 00000000", "Accept", "Accept"),
        new("Our limit: unknown attributes", O + P + N + string.Concat(Enumerable.Range(0x80, 17).Select(t => $"C0{t:X2}00")),
            "Withdraw", "Withdraw"),
        new("RFC 7606 §3.h: several errors, the severest counts", O + P + N + "400601 00 C00803 000000", "Withdraw", "Withdraw"),
    ];

    private static readonly MalformedRow[] Resets =
    [
        new("RFC 4271 §6.3: unknown well-known", O + P + N + "406300", "2", "2"),
        new("RFC 7606 §3.g: MP_REACH_NLRI twice",
            O + P + N + "800E05 0002010000 800E05 0002010000", "1", "1"),
        new("RFC 7606 §7.11: MP_REACH_NLRI too short", O + P + N + "800E03 000201", "9", "9"),
        new("RFC 7606 §7.12: MP_UNREACH_NLRI too short", O + P + N + "800F02 0002", "9", "9"),
    ];

    [Test]
    public async Task An_error_costs_what_its_rfc_says_and_the_session_lives([Values] bool isExternal)
    {
        await using var speaker = await StartAsync(isExternal);
        await using var peer = await ConnectAsync(isExternal, source: 2);
        foreach (var (i, row) in Rows.Index())
        {
            await peer.SendAsync(Update(O + P + N, i));
            await peer.SendAsync(Update(row.Attributes, i));
        }

        await peer.SendAsync(Update(O + P + N, Rows.Length));
        await Until.TrueAsync("the last prefix is there", async () => await FindAsync(speaker, Rows.Length) is not null);
        var status = (await speaker.GetPeersAsync(default)).Single();
        Assert.Multiple(() =>
        {
            foreach (var (i, row) in Rows.Index())
            {
                var route = FindAsync(speaker, i).GetAwaiter().GetResult();
                var withdrawn = Expected(row) == "Withdraw";
                Assert.That(route is null, Is.EqualTo(withdrawn), row.Section);
            }

            Assert.That(status.State, Is.EqualTo(SessionState.Established));
            Assert.That(status.Session.EstablishedCount, Is.EqualTo(1));
            Assert.That(status.Messages.TreatedAsWithdraw, Is.EqualTo(Rows.Count(row => Expected(row) == "Withdraw")));
            Assert.That(status.Messages.AttributesDiscarded, Is.EqualTo(Rows.Count(row => Expected(row) == "Discard")));
        });

        string Expected(MalformedRow row) => isExternal ? row.External : row.Internal;
    }

    [Test]
    public async Task What_hides_prefixes_or_is_unknown_ends_the_session([Values] bool isExternal)
    {
        await using var speaker = await StartAsync(isExternal);
        foreach (var (i, row) in Resets.Index())
        {
            await using var peer = await ConnectAsync(isExternal, source: 10 + i); // another neighbour of the range
            await peer.SendAsync(Update(row.Attributes, i));
            await peer.ExpectNotificationAsync(NotificationCode.UpdateMessageError, byte.Parse(row.External));
        }
    }

    private static async Task<BgpSpeaker> StartAsync(bool isExternal)
    {
        var speaker = new BgpSpeaker(
            new SpeakerConfig
            {
                Asn = isExternal ? 65000u : 65001u,
                RouterId = At(1),
                ListenEndpoints = [new IPEndPoint(At(1), Port)],
                Peers = [new PeerConfig { Name = "range", Asn = 65001, AddressRange = new IPNetwork(At(0), 24) }],
            },
            [],
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await speaker.StartAsync(default);
        return speaker;
    }

    private static async Task<ScriptedPeer> ConnectAsync(bool isExternal, int source)
    {
        var peer = new ScriptedPeer(await new SocketTransport().ConnectAsync(
            new IPEndPoint(At(1), Port), new ConnectionOptions { Source = At(source) }, CancellationToken.None));
        var open = await peer.EstablishAsync(ScriptedPeer.Open(identifier: $"10.0.1.{source}"));
        Assert.That(open.MyAsn, Is.EqualTo(isExternal ? 65000 : 65001));
        return peer;
    }

    private static async Task<RouteStatus?> FindAsync(BgpSpeaker speaker, int number)
    {
        Assert.That(Prefix.TryParse($"10.{number}.0.0/16", out var prefix), Is.True);
        await foreach (var route in speaker.GetRoutesAsync(new RouteQuery { Prefix = prefix }, default))
        {
            return route;
        }

        return null;
    }

    private static byte[] Update(string attributes, int number) =>
        Whole(UpdateJudge.Body("", attributes, $"10 0A{number:X2}"));

    private static byte[] Whole(byte[] body)
    {
        var message = Hex.Message((byte)MessageType.Update, Convert.ToHexString(body));
        Assert.That(BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(16)), Is.EqualTo(message.Length));
        return message;
    }

    private static IPAddress At(int number) => IPAddress.Parse($"127.0.79.{number}");
}
