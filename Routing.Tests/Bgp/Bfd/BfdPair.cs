using System.Net;
using Routing.Bgp.Bfd;
using Routing.Bgp.Bfd.Authentication;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>Two engines and the wire between them, in time that only <see cref="Run"/> moves. A packet arrives a millisecond
/// after it was sent, or never while <see cref="IsCut"/>.</summary>
internal sealed class BfdPair
{
    public const long Millisecond = 1000;
    private const int TimeToLive = 255;

    private static readonly IPAddress[] Addresses = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")];

    private readonly BfdEngine[] _engines;
    private readonly Queue<(long At, int To, byte[] Packet)> _wire = [];
    private readonly double _jitter;

    public BfdPair(
        BfdTiming left,
        BfdTiming right,
        double jitter = 1,
        bool isMultihop = false,
        BfdAuthenticationOptions? leftSigns = null,
        BfdAuthenticationOptions? rightSigns = null)
    {
        _jitter = jitter;
        IsMultihop = isMultihop;
        _engines = [NewEngine(100), NewEngine(200)];
        Sessions = [Open(0, left, leftSigns), Open(1, right, rightSigns)];
    }

    public BfdSession[] Sessions { get; }

    public BfdMachine Left => Sessions[0].Machine;

    public BfdMachine Right => Sessions[1].Machine;

    /// <summary>Nothing arrives.</summary>
    public bool IsCut { get; set; }

    public bool IsMultihop { get; }

    /// <summary>Microseconds.</summary>
    public long Now { get; private set; }

    /// <summary>All packets sent: when, by whom, what.</summary>
    public List<(long At, int By, BfdPacket Packet)> Sent { get; } = [];

    /// <summary>The same packets as they went over the wire.</summary>
    public List<byte[]> SentOctets { get; } = [];

    public BfdEngine Engine(int side) => _engines[side];

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + (long)time.TotalMicroseconds;
        while (true)
        {
            var next = Math.Min(
                _wire.TryPeek(out var first) ? first.At : long.MaxValue,
                Math.Min(_engines[0].NextDeadline, _engines[1].NextDeadline));
            if (next > end)
            {
                Now = end;
                return;
            }

            Now = Math.Max(Now, next);
            while (_wire.TryPeek(out var due) && due.At <= Now)
            {
                _wire.Dequeue();
                _engines[due.To].Receive(OriginOf(1 - due.To), due.Packet, Now);
            }

            _engines[0].Run(Now);
            _engines[1].Run(Now);
        }
    }

    /// <summary>Runs until something holds.</summary>
    /// <returns>The time it took.</returns>
    public TimeSpan RunUntil(Func<bool> holds)
    {
        var start = Now;
        while (!holds())
        {
            Assert.That(Now - start, Is.LessThan(60_000 * Millisecond), "never");
            Run(TimeSpan.FromMilliseconds(1));
        }

        return TimeSpan.FromMicroseconds(Now - start);
    }

    public void RunUntilUp() => RunUntil(() => Left.State == BfdState.Up && Right.State == BfdState.Up);

    public BfdOrigin OriginOf(int side, int timeToLive = TimeToLive) =>
        new(BfdPathKey.For(Addresses[side], IsMultihop), timeToLive);

    private BfdEngine NewEngine(uint firstDiscriminator) =>
        new(() => _jitter, () => firstDiscriminator++, new ManualTime());

    private BfdSession Open(int side, BfdTiming timing, BfdAuthenticationOptions? signs) => _engines[side].Add(
        Addresses[1 - side], IsMultihop, timing, new Wire(this, side), static () => { }, Now, signs);

    private sealed class Wire(BfdPair pair, int side) : IBfdPath
    {
        public void Send(ReadOnlySpan<byte> packet)
        {
            Assert.That(BfdPacket.TryDecode(packet, out var decoded, out var discard), Is.True, $"{discard}");
            pair.Sent.Add((pair.Now, side, decoded));
            pair.SentOctets.Add(packet.ToArray());
            if (!pair.IsCut)
            {
                pair._wire.Enqueue((pair.Now + Millisecond, 1 - side, packet.ToArray()));
            }
        }

        public void Dispose()
        {
        }
    }
}
