using System.Buffers;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>A slow RIB slows the peer, a slow peer slows the RIB, and neither costs the session.</summary>
[TestFixture]
public sealed class BackPressureTests
{
    [Test]
    public async Task A_stalled_rib_stops_the_reading_and_not_the_keepalives_nor_the_session()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync(ScriptedPeer.Open(holdTime: 9));
        bench.Rib.Stall();
        var update = Messages.Announce("10.1.0.0/16");
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < 20_000; sent++)
            {
                await peer.Connection.WriteAsync([update], CancellationToken.None);
            }
        });

        await Until.TrueAsync(
            "the window fills",
            () => Volatile.Read(ref sent) * update.Length > MemoryConnection.Window / 2);
        for (var i = 0; i < 10; i++)
        {
            await bench.AdvanceAsync(TimeSpan.FromSeconds(3));
            await peer.ExpectAsync(MessageType.Keepalive);
        }

        Assert.That(sending.IsCompleted, Is.False, "the peer's writes wait");
        Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));

        bench.Rib.Resume();
        await sending.WaitAsync(TimeSpan.FromSeconds(60));
        await Until.TrueAsync(
            "all arrive",
            () => bench.Rib.Heard.Count(line => line.StartsWith("Announce")) == 20_000);
        Assert.That(bench.Rib.Batches, Is.LessThan(10_000), "UPDATEs are batched");

        await bench.AdvanceAsync(TimeSpan.FromSeconds(9));
        await peer.ExpectNotificationAsync(NotificationCode.HoldTimerExpired, 0);
    }

    [Test]
    public async Task A_full_output_refuses_and_says_when_there_is_room()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        var output = bench.Rib.Up!.Output!;
        var total = 0L;
        while (true)
        {
            var messages = new EncodedMessages(ArrayPool<byte>.Shared.Rent(200_000), 200_000, 50);
            var taken = output.TryWrite([messages]);
            messages.Release();
            if (!taken)
            {
                break;
            }

            total += 200_000;
            Assert.That(total, Is.LessThan(OutputQueue.Capacity + MemoryConnection.Window + 1_000_000));
        }

        Assert.That(bench.Rib.Heard, Is.EqualTo(new[] { "up" }));
        var buffer = new byte[64 * 1024];
        for (var read = 0L; read < total;)
        {
            read += await peer.Connection.ReadAsync(buffer, CancellationToken.None);
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("output ready"));
    }

    [Test]
    public async Task A_peer_that_reads_nothing_is_given_up_although_it_sends_keepalives()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        Fill(bench.Rib.Up!.Output!);
        for (var minutes = 0; minutes < 8; minutes++)
        {
            Assert.That(bench.Session.Status.State, Is.EqualTo(SessionState.Established));
            var before = bench.Session.Status.Received.Total;
            await peer.KeepaliveAsync();
            await Until.TrueAsync("the KEEPALIVE is read", () => bench.Session.Status.Received.Total > before);
            await bench.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        Assert.That(await bench.Rib.NextAsync(), Is.EqualTo("down"), "RFC 9687");
        Assert.That(bench.Session.Status.LastError, Does.Contain("send hold timer"));
        Assert.That(bench.Session.Status.State, Is.Not.EqualTo(SessionState.Established), "it waits for nothing");
        await peer.ExpectNotificationAsync(NotificationCode.SendHoldTimerExpired, 0); // once the peer reads on
    }

    [Test]
    public async Task A_notification_does_not_wait_behind_routes_that_are_queued()
    {
        await using var bench = new SessionBench();
        await using var peer = await bench.EstablishedAsync();
        Fill(bench.Rib.Up!.Output!);
        await bench.Session.StopAsync(
            NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown), CancellationToken.None);
        await peer.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.AdministrativeShutdown);
    }

    /// <summary>Queues whole UPDATEs, which the peer can parse, until the queue refuses.</summary>
    private static void Fill(IPeerOutput output)
    {
        var update = Messages.Announce("10.1.0.0/16");
        while (true)
        {
            // Whole UPDATEs, so that the peer can parse what comes through.
            var octets = ArrayPool<byte>.Shared.Rent(update.Length * 1000);
            for (var i = 0; i < 1000; i++)
            {
                update.CopyTo(octets, i * update.Length);
            }

            var messages = new EncodedMessages(octets, update.Length * 1000, 1000);
            var taken = output.TryWrite([messages]);
            messages.Release();
            if (!taken)
            {
                break;
            }
        }
    }
}
