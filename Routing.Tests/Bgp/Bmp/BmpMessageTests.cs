using System.Net;
using Routing.Bgp.Bmp;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>BMP messages, octet for octet (RFC 7854 §4, RFC 8671, RFC 9069).</summary>
[TestFixture]
public sealed class BmpMessageTests
{
    private const string IPv4Header = """
        00 00 0000000000000000                          # a global peer, no flags, no distinguisher
        000000000000000000000000C0000201 0000FDE9       # 192.0.2.1, AS 65001
        0A000001 65000000 0001E240                      # BGP Identifier, seconds, microseconds
        """;

    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(0x65000000).AddTicks(1234567);

    private static readonly BmpPeer Peer = new(BmpPeerType.Global, IPAddress.Parse("192.0.2.1"), 65001, 0x0A000001);

    [Test]
    public void Initiation() => Check(
        BmpMessages.Initiation("n1", "abc"),
        """
        03 00000013 04      # RFC 7854 §4.3
        0001 0003 616263    # sysDescr
        0002 0002 6E31      # sysName
        """);

    [Test]
    public void Termination() => Check(
        BmpMessages.Termination(BmpTerminationReason.OutOfResources), "03 0000000C 05 0001 0002 0002"); // RFC 7854 §4.5

    [Test]
    public void Peer_up() => Check(
        BmpMessages.PeerUp(
            Peer,
            BmpPeerFlags.None,
            Time,
            new IPEndPoint(IPAddress.Parse("192.0.2.2"), 179),
            40001,
            Hex.Message(1, "04 FDE8 005A 0A000002 00"),
            Hex.Message(1, "04 FDE9 005A 0A000001 00")),
        $"""
        03 0000007E 03                                  # RFC 7854 §4.10
        {IPv4Header}
        000000000000000000000000C0000202 00B3 9C41      # our end
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 001D 01 04 FDE8 005A 0A000002 00
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 001D 01 04 FDE9 005A 0A000001 00
        """);

    private static IEnumerable<TestCaseData> Endings()
    {
        var notification = Hex.Message(3, "06 02");
        yield return new TestCaseData(
            new SessionEnding(SessionEndingKind.LocalWithNotification, notification),
            "01 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0015 03 06 02").SetName("Reason 1: the NOTIFICATION we sent");
        yield return new TestCaseData(
            new SessionEnding(SessionEndingKind.LocalWithoutNotification, FsmEvent: 8), "02 0008")
            .SetName("Reason 2: the event of our state machine");
        yield return new TestCaseData(
            new SessionEnding(SessionEndingKind.RemoteWithNotification, notification),
            "03 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0015 03 06 02").SetName("Reason 3: the NOTIFICATION we received");
        yield return new TestCaseData(SessionEnding.Lost, "04").SetName("Reason 4: nothing");
    }

    [TestCaseSource(nameof(Endings))]
    public void Peer_down(object ending, string data)
    {
        // RFC 7854 §4.9
        var octets = Hex.Parse(data);
        Check(
            BmpMessages.PeerDown(Peer, BmpPeerFlags.None, Time, (SessionEnding)ending),
            $"03 {48 + octets.Length:X8} 02 {IPv4Header}\n{data}");
    }

    [Test]
    public void Flags_and_address_of_an_IPv6_peers_Adj_RIB_Out() => Check(
        BmpMessages.PeerDown(
            Peer with { Address = IPAddress.Parse("fd00::1") },
            BmpPeerFlags.AdjRibOut | BmpPeerFlags.PostPolicy | BmpPeerFlags.TwoOctetAsPath,
            Time,
            SessionEnding.Lost),
        """
        03 00000031 02
        00 F0 0000000000000000      # V, L, A (RFC 7854 §4.2) and O (RFC 8671 §4)
        FD000000000000000000000000000001 0000FDE9 0A000001 65000000 0001E240
        04
        """);

    [Test]
    public void Statistics() => Check(
        BmpMessages.Statistics(
            Peer,
            BmpPeerFlags.None,
            Time,
            [
                new(BmpStatisticType.RejectedByInboundPolicy, 5),
                new(BmpStatisticType.AdjRibInRoutes, 0x1_0000_0002),
                new(BmpStatisticType.AdjRibInRoutesOfFamily, 7, AfiSafi.IPv6Unicast),
            ]),
        $"""
        03 00000057 01                  # RFC 7854 §4.8
        {IPv4Header}
        00000003
        0000 0004 00000005              # 32 bits
        0007 0008 0000000100000002      # 64 bits
        0009 000B 0002 01 0000000000000007
        """);

    private static void Check(byte[] octets, string expected) =>
        Assert.That(Convert.ToHexString(octets), Is.EqualTo(Convert.ToHexString(Hex.Parse(expected))));
}
