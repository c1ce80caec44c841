using System.Buffers.Binary;
using Routing.Bgp.Bmp;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Fakes;

namespace Routing.Tests.Fuzz;

/// <summary>A BMP station that gets all tables and judges what it is sent (RFC 7854): whole messages, and in Route Monitoring
/// UPDATEs that we would take ourselves (RFC 7606).</summary>
internal sealed class JudgingStation
{
    private const BmpViews All = BmpViews.AdjRibInPrePolicy | BmpViews.AdjRibInPostPolicy | BmpViews.LocRib
        | BmpViews.AdjRibOutPrePolicy | BmpViews.AdjRibOutPostPolicy;

    private const int CommonHeader = 6;
    private const int PerPeerHeader = 42;
    private const byte TwoOctets = 0x20; // the A flag, RFC 7854 §4.2

    private readonly RibHarness _harness;
    private readonly OutputQueue _output = new();
    private readonly BmpMonitor _monitor;
    private readonly List<EncodedMessages> _taken = [];

    public JudgingStation(RibHarness harness)
    {
        _harness = harness;
        _monitor = new BmpMonitor(
            harness.Tables, All, BmpMessages.Initiation("n", "d"), _output, new ManualTime(), static () => Assert.Fail("it reads"));
        harness.Rib.Monitors.Add(_monitor);
    }

    /// <summary>Reads until nothing is left.</summary>
    public void Settle()
    {
        _harness.Settle();
        while (_output.Octets > 0)
        {
            _taken.Clear();
            _output.TakeAsync(_taken, default).AsTask().GetAwaiter().GetResult();
            foreach (var messages in _taken)
            {
                Judge(messages.Octets.Span);
            }

            if (_output.Written(_taken))
            {
                _monitor.OnOutputReady();
            }

            _harness.Settle();
        }
    }

    private static void Judge(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            Assert.That((int)octets[0], Is.EqualTo(3), "version");
            var length = BinaryPrimitives.ReadInt32BigEndian(octets[1..]);
            Assert.That(length, Is.InRange(CommonHeader, octets.Length), "whole messages");
            if ((BmpMessageType)octets[5] == BmpMessageType.RouteMonitoring)
            {
                JudgeUpdate(
                    octets[(CommonHeader + PerPeerHeader)..length], fourOctets: (octets[CommonHeader + 1] & TwoOctets) == 0);
            }

            octets = octets[length..];
        }
    }

    private static void JudgeUpdate(ReadOnlySpan<byte> update, bool fourOctets)
    {
        var context = new UpdateContext(
            [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal: false, fourOctets, pathIds: [])
        {
            Rules = new UpdateRules { AcceptsAsSets = true },
        };
        Assert.That((int)BinaryPrimitives.ReadUInt16BigEndian(update[MessageHeader.MarkerLength..]), Is.EqualTo(update.Length));
        var intake = new UpdateIntake(new PeerIndex(1), context);
        var outcome = intake.Add(update[MessageHeader.Length..], out var error);
        Assert.That(outcome, Is.EqualTo(UpdateOutcome.Accept), $"{error?.Reason}: {Convert.ToHexString(update)}");
        if (intake.HasEntries)
        {
            UpdateBatchPool.Return(intake.TakeBatch());
        }
    }
}
