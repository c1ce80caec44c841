using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Fuzz;

/// <summary>An UPDATE through the whole RIB: taken in from an external and from an internal peer, decided, exported to
/// peers of every kind, and withdrawn with its session. What is exported must be what we would take in ourselves.</summary>
internal sealed class RibFeeder
{
    private readonly RibHarness _harness = new();
    private readonly JudgingStation? _station;

    /// <param name="isMonitored">A BMP station is told all of it.</param>
    public RibFeeder(bool isMonitored = false)
    {
        _harness.Add(1);
        _harness.Add(2, external: false, client: true);
        foreach (var (number, external, fourOctets) in new[] { (3, true, true), (4, true, false), (5, false, true) })
        {
            _harness.Add(number, external);
            _harness.Rib.Sessions.PeerUp(Session(number, new JudgingOutput(external, fourOctets), fourOctets));
        }

        _station = isMonitored ? new JudgingStation(_harness) : null;
    }

    /// <summary>Takes an input in.</summary>
    public void Run(ReadOnlySpan<byte> input)
    {
        foreach (var (number, context) in new[] { (1, UpdateJudge.External), (2, UpdateJudge.Internal) })
        {
            var intake = new UpdateIntake(RibHarness.Index(number), context);
            if (input.Length > MessageHeader.MaxMessageLength)
            {
                return;
            }

            intake.Add(input, out _);
            if (!intake.HasEntries)
            {
                continue;
            }

            _harness.Rib.Sessions.PeerUp(Session(number, new JudgingOutput(number == 1, fourOctets: true), fourOctets: true));
            _harness.Rib.Updates.Take(intake.TakeBatch());
            Settle();
            _harness.Down(number);
            Settle();
        }

        Assert.That(_harness.Tables.Paths.Count, Is.Zero, "nothing is left");
        Assert.That(_harness.Tables.Attributes.Count, Is.EqualTo(1), "but the attributes of our own routes");
    }

    private void Settle()
    {
        _harness.Settle();
        _station?.Settle();
    }

    private static PeerUp Session(int number, IPeerOutput output, bool fourOctets) => new()
    {
        Peer = RibHarness.Index(number),
        Output = output,
        PeerAsn = 64500u + (uint)number,
        PeerIdentifier = 0x0A000000 + (uint)number,
        PeerAddress = RibHarness.Address(number),
        LocalAddress = RibHarness.OwnIPv4,
        LocalAddressOfOtherFamily = RibHarness.OwnIPv6,
        Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
        FourOctetAsn = fourOctets,
        SendsEndOfRib = true,
        Trace = new SessionTrace(
            new IPEndPoint(RibHarness.OwnIPv4, 179),
            40000 + number,
            Hex.Message(1, "04 FDE8 005A 0A0000FE 00"),
            Hex.Message(1, $"04 FDE8 005A 0A0000{number:X2} 00"),
            DateTimeOffset.UnixEpoch),
    };
}
