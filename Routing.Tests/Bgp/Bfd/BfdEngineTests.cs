using System.Net;
using Routing.Bgp.Bfd;
using Routing.Bgp.Wire;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>Which session a packet is for, and what it costs to have many.</summary>
[TestFixture]
public sealed class BfdEngineTests
{
    private static readonly BfdTiming Fast = new(50_000, 50_000, 3);

    [TestCase(255, nameof(BfdDiscard.None))]
    [TestCase(254, nameof(BfdDiscard.TimeToLive))]
    [TestCase(0, nameof(BfdDiscard.TimeToLive))]
    public void A_single_hop_packet_has_crossed_no_router(int timeToLive, string expected) // RFC 5881 §5
    {
        var pair = new BfdPair(Fast, Fast);
        Assert.That($"{pair.Engine(0).Receive(pair.OriginOf(1, timeToLive), Encode(new BfdPacket
        {
            State = BfdState.Down, DetectMultiplier = 3, MyDiscriminator = 9,
        }), 0)}", Is.EqualTo(expected));
    }

    [Test]
    public void Over_several_hops_any_ttl_will_do() // RFC 5883 §5
    {
        var pair = new BfdPair(Fast, Fast, isMultihop: true);
        var packet = new BfdPacket { State = BfdState.Down, DetectMultiplier = 3, MyDiscriminator = 9 };
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1, 12), Encode(packet), 0), Is.EqualTo(BfdDiscard.None));
        Assert.That(
            pair.Engine(0).Receive(new BfdOrigin(BfdPathKey.For(IPAddress.Parse("10.0.0.2"), false), 255), Encode(packet), 0),
            Is.EqualTo(BfdDiscard.NoSession), "the port says which kind it is");
    }

    [Test]
    public void Packets_for_nobody_and_from_strangers_are_counted_and_dropped()
    {
        var pair = new BfdPair(Fast, Fast);
        pair.RunUntilUp();
        var packet = new BfdPacket
        {
            State = BfdState.AdminDown, DetectMultiplier = 3, MyDiscriminator = 9, YourDiscriminator = 100,
        };
        var stranger = new BfdOrigin(BfdPathKey.For(IPAddress.Parse("10.0.0.3"), false), 255);
        Assert.That(pair.Engine(0).Receive(stranger, Encode(packet), pair.Now), Is.EqualTo(BfdDiscard.Source));
        Assert.That(
            pair.Engine(0).Receive(pair.OriginOf(1), Encode(packet with { YourDiscriminator = 101 }), pair.Now),
            Is.EqualTo(BfdDiscard.NoSession));
        Assert.That(pair.Left.State, Is.EqualTo(BfdState.Up));
        Assert.That(pair.Engine(0).Discarded, Is.EqualTo(1));
        Assert.That(pair.Sessions[0].Status.PacketsDiscarded, Is.EqualTo(1));
    }

    [Test]
    public void A_link_local_neighbour_is_known_with_its_interface()
    {
        var one = BfdPathKey.For(IPAddress.Parse("fe80::1%3"), false);
        Assert.That(one, Is.Not.EqualTo(BfdPathKey.For(IPAddress.Parse("fe80::1%4"), false)));
        Assert.That(BfdPathKey.For(IPAddress.Parse("2001:db8::1"), false).Scope, Is.Zero);
    }

    [Test]
    public void Hundreds_of_sessions_at_50_ms_allocate_nothing_per_packet()
    {
        const int Count = 500;
        var engine = new BfdEngine(() => 1, NewCounter(), new ManualTime());
        var path = new NullPath();
        var sessions = Enumerable.Range(0, Count)
            .Select(i => engine.Add(AddressOf(i), false, Fast, path, static () => { }, 0))
            .ToList();
        var packets = sessions.Select(session => Encode(new BfdPacket
        {
            State = BfdState.Init,
            DetectMultiplier = 3,
            MyDiscriminator = session.Machine.LocalDiscriminator + 5000,
            YourDiscriminator = session.Machine.LocalDiscriminator,
            DesiredMinTransmit = 50_000,
            RequiredMinReceive = 50_000,
            Flags = BfdFlags.Final,
        })).ToList();
        var origins = sessions.Select(session => new BfdOrigin(session.Key, 255)).ToList();
        var now = 0L;
        Turn(10);
        Assert.That(sessions, Has.All.Matches<BfdSession>(session => session!.Machine.State == BfdState.Up));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Turn(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(path.Sent, Is.GreaterThan(100 * Count), "they did send");
        Assert.That(sessions, Has.All.Matches<BfdSession>(session => session!.Machine.Failures == 0));

        void Turn(int times)
        {
            for (var t = 0; t < times; t++)
            {
                now += 50_000;
                for (var i = 0; i < Count; i++)
                {
                    engine.Receive(origins[i], packets[i], now);
                }

                engine.Run(now);
            }
        }
    }

    [Test]
    public void Deadlines_come_in_order_whatever_order_they_are_set_in()
    {
        var random = new Random(1);
        var engine = new BfdEngine(random.NextDouble, NewCounter(), new ManualTime());
        var heap = new DeadlineHeap();
        var sessions = Enumerable.Range(0, 200)
            .Select(i => engine.Add(AddressOf(i), true, Fast, new NullPath(), static () => { }, 0))
            .ToList();
        sessions.ForEach(session => session.HeapIndex = -1);
        for (var i = 0; i < 2000; i++)
        {
            var session = sessions[random.Next(sessions.Count)];
            if (session.HeapIndex >= 0 && random.Next(4) == 0)
            {
                heap.Remove(session);
            }
            else
            {
                heap.Set(session, random.Next(1000));
            }

            Assert.That(
                heap.First?.Deadline, Is.EqualTo(sessions.Where(s => s.HeapIndex >= 0).Min(s => (long?)s.Deadline)));
        }
    }

    private static IPAddress AddressOf(int i) => new([10, 1, (byte)(i >> 8), (byte)i]);

    private static Func<uint> NewCounter()
    {
        var next = 0u;
        return () => ++next;
    }

    private static byte[] Encode(BfdPacket packet)
    {
        var writer = new WireWriter(new byte[BfdPacket.Size]);
        packet.Encode(ref writer);
        return writer.Written.ToArray();
    }

    private sealed class NullPath : IBfdPath
    {
        public int Sent { get; private set; }

        public void Send(ReadOnlySpan<byte> packet) => Sent++;

        public void Dispose()
        {
        }
    }
}
