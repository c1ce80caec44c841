using Routing.Bgp.Bfd;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>Two sessions against each other in time that the test moves (RFC 5880 §6).</summary>
[TestFixture]
public sealed class BfdSessionTests
{
    private static readonly BfdTiming Fast = Milliseconds(50, 50, 3);

    [Test]
    public void Both_sides_come_up_by_a_three_way_handshake()
    {
        var pair = new BfdPair(Fast, Fast);
        Assert.That(pair.RunUntil(() => pair.Left.State == BfdState.Up && pair.Right.State == BfdState.Up),
            Is.LessThan(TimeSpan.FromMilliseconds(100)), "§6.8.7: a change of state is told at once, not after a second");
        Assert.That(pair.Left.RemoteDiscriminator, Is.EqualTo(200));
        Assert.That(pair.Right.RemoteDiscriminator, Is.EqualTo(100));
    }

    [Test]
    public void Nobody_sends_more_than_once_a_second_until_up()
    {
        var pair = new BfdPair(Fast, Fast) { IsCut = true };
        pair.Run(TimeSpan.FromSeconds(60));
        Assert.That(pair.Sent.Count(packet => packet.By == 0), Is.InRange(60, 61), "§6.8.3");
        Assert.That(pair.Sent, Has.All.Matches<(long, int, BfdPacket Packet)>(
            sent => sent.Packet.DesiredMinTransmit == 1_000_000));
    }

    [Test]
    public void Once_up_a_poll_sequence_agrees_on_the_configured_interval()
    {
        var pair = new BfdPair(Fast, Milliseconds(80, 120, 5));
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(2));
        Assert.That(pair.Left.TransmitInterval, Is.EqualTo(120_000), "§6.8.7: what the other side can take");
        Assert.That(pair.Right.TransmitInterval, Is.EqualTo(80_000));
        Assert.That(pair.Left.DetectionTime, Is.EqualTo(5 * 80_000), "§6.8.4: its multiplier, the larger interval");
        Assert.That(pair.Right.DetectionTime, Is.EqualTo(3 * 120_000));
        Assert.That(pair.Sent.Where(sent => sent.By == 1).Any(sent => sent.Packet.Has(BfdFlags.Final)), "§6.5");
        Assert.That(pair.Sent, Has.None.Matches<(long, int, BfdPacket Packet)>(
            sent => sent.Packet.Has(BfdFlags.Final) && sent.Packet.Has(BfdFlags.Poll)));
        Assert.That(pair.Sent[^1].Packet.Flags, Is.EqualTo(BfdFlags.None), "the sequence has ended");
    }

    [TestCase(3, 0, 0.75)]
    [TestCase(3, 0.999999, 1.0)]
    [TestCase(1, 0.999999, 0.90)]
    public void Jitter_shortens_the_interval_by_up_to_a_quarter(byte multiplier, double random, double share)
    {
        var timing = Milliseconds(100, 100, multiplier);
        var pair = new BfdPair(timing, timing, random);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        var times = pair.Sent.Where(sent => sent.By == 0).Select(sent => sent.At).TakeLast(5).ToList();
        var gaps = times.Zip(times.Skip(1), (a, b) => b - a);
        Assert.That(gaps, Has.All.EqualTo(100_000 * share).Within(1), "§6.8.7");
    }

    [Test]
    public void A_cut_wire_is_noticed_after_the_detection_time()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(5));
        pair.IsCut = true;
        Assert.That(pair.RunUntil(() => pair.Left.State == BfdState.Down), Is.LessThan(TimeSpan.FromMilliseconds(152)));
        Assert.That(pair.Left.Diagnostic, Is.EqualTo(BfdDiagnostic.ControlDetectionTimeExpired));
        Assert.That(pair.Left.RemoteDiscriminator, Is.Zero, "§6.8.1");
        Assert.That(pair.Left.Failures, Is.EqualTo(1));
        pair.IsCut = false;
        pair.RunUntilUp();
        Assert.That(pair.Left.Failures, Is.EqualTo(1));
    }

    [Test]
    public void A_side_that_hears_nothing_takes_the_other_down_too()
    {
        var pair = new BfdPair(Milliseconds(50, 50, 3), Milliseconds(50, 50, 40));
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        pair.IsCut = true;
        pair.RunUntil(() => pair.Right.State == BfdState.Down); // it waits for three of ours, we for forty of its
        Assert.That(pair.Left.State, Is.EqualTo(BfdState.Up));
        pair.IsCut = false;
        pair.RunUntil(() => pair.Left.State == BfdState.Down);
        Assert.That(pair.Left.Diagnostic, Is.EqualTo(BfdDiagnostic.NeighborSignaledSessionDown));
        Assert.That(pair.Left.Failures, Is.EqualTo(1));
    }

    [Test]
    public void A_session_that_an_operator_takes_down_is_no_failure()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        pair.Engine(1).Disable(pair.Sessions[1], pair.Now);
        pair.RunUntil(() => pair.Left.State == BfdState.Down);
        Assert.That(pair.Left.RemoteState, Is.EqualTo(BfdState.AdminDown));
        Assert.That(pair.Left.RemoteDiagnostic, Is.EqualTo(BfdDiagnostic.AdministrativelyDown));
        Assert.That(pair.Left.Failures, Is.Zero, "RFC 5882 §3.2");
        pair.RunUntil(() => pair.Engine(1).NextDeadline == BfdMachine.Never);
        pair.Run(TimeSpan.FromSeconds(10));
        Assert.That(pair.Left.State, Is.EqualTo(BfdState.Down), "it stays so");
        Assert.That(pair.Left.Failures, Is.Zero);
    }

    [Test]
    public void Slower_timers_wait_for_the_other_side_to_know()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        pair.IsCut = true; // the poll does not get through
        pair.Engine(0).Change(pair.Sessions[0], Milliseconds(400, 50, 3), pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(100));
        Assert.That(pair.Left.TransmitInterval, Is.EqualTo(50_000), "§6.8.3");
        pair.IsCut = false;
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.That(pair.Left.TransmitInterval, Is.EqualTo(400_000));
        Assert.That(pair.Right.DetectionTime, Is.EqualTo(1_200_000));
        Assert.That((pair.Left.State, pair.Right.State), Is.EqualTo((BfdState.Up, BfdState.Up)), "nothing flapped");
    }

    [Test]
    public void A_shorter_detection_time_waits_for_the_other_side_to_send_faster()
    {
        var slow = Milliseconds(50, 400, 3);
        var pair = new BfdPair(slow, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(3));
        Assert.That(pair.Left.DetectionTime, Is.EqualTo(1_200_000));
        pair.Engine(0).Change(pair.Sessions[0], Fast, pair.Now);
        Assert.That(pair.Left.DetectionTime, Is.EqualTo(1_200_000), "§6.8.3");
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.That(pair.Left.DetectionTime, Is.EqualTo(150_000));
        Assert.That(pair.Left.Failures + pair.Right.Failures, Is.Zero);
    }

    [Test]
    public void A_side_in_demand_mode_hears_from_us_only_when_polled()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        pair.Left.Receive(FromRight(pair, BfdFlags.Demand), pair.Now);
        Assert.That(pair.Left.TryTakeDue(pair.Now + 100_000, out _), Is.False, "RFC 5880 §6.6");
        pair.Left.Receive(FromRight(pair, BfdFlags.Demand | BfdFlags.Poll), pair.Now);
        Assert.That(pair.Left.TryTakeDue(pair.Now, out var answer), Is.True);
        Assert.That(answer.Flags, Is.EqualTo(BfdFlags.Final));
    }

    [Test]
    public void A_side_that_wants_no_packets_gets_none()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromSeconds(1));
        pair.Left.Receive(FromRight(pair, BfdFlags.None) with { RequiredMinReceive = 0 }, pair.Now);
        Assert.That(pair.Left.TryTakeDue(pair.Now + 100_000, out _), Is.False, "RFC 5880 §6.8.7");
    }

    private static BfdPacket FromRight(BfdPair pair, BfdFlags flags) => new()
    {
        State = BfdState.Up,
        Flags = flags,
        DetectMultiplier = 3,
        MyDiscriminator = pair.Right.LocalDiscriminator,
        YourDiscriminator = pair.Left.LocalDiscriminator,
        DesiredMinTransmit = 50_000,
        RequiredMinReceive = 50_000,
    };

    private static BfdTiming Milliseconds(uint transmit, uint receive, byte multiplier) =>
        new(transmit * 1000, receive * 1000, multiplier);
}
