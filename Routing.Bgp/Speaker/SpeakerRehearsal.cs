using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Speaker.Rehearsal;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>Plays a few sessions and a small table to a speaker of its own, in memory. The runtime compiles code when it runs
/// and compiles it well when it has run often: so that the first real neighbour with a full table does not wait for that, a
/// process that serves may rehearse as soon as it listens.</summary>
/// <remarks>Takes about half a second of a processor. Nothing of it is seen outside: no socket, no log, no metric.</remarks>
public static class SpeakerRehearsal
{
    private const int Senders = 10;
    private const int UpdatesPerSender = 300;
    private const uint FirstAsn = 64496; // RFC 5398

    /// <summary>A method has to be called in two rounds: the first one tells the runtime that it exists.</summary>
    private const int Rounds = 3;

    /// <summary>Longer than the runtime waits before it counts calls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);
    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.254");

    /// <summary>Rehearses.</summary>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await PlayAsync(time, cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
            }

            // The actors go home: what they held is the first real table's.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        catch (TimeoutException)
        {
            // The machine has no time for it, and real neighbours need what there is.
        }
    }

    private static async Task PlayAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var transport = new ScriptedTransport(Senders + 1);
        var config = new SpeakerConfig
        {
            Asn = FirstAsn,
            RouterId = Own,
            ListenEndpoints = [new IPEndPoint(Own, 179)],
            Peers = [.. Enumerable.Range(1, Senders + 1).Select(Neighbor)],
        };
        await using var speaker = new BgpSpeaker(config, [], transport, time, NullLoggerFactory.Instance);
        await speaker.StartAsync(cancellationToken);
        var calls = config.Peers.Select((peer, i) => transport.Call(
            peer.Address!,
            NeighborScript.Write(peer.Address!, peer.Asn, i < Senders ? UpdatesPerSender : 0))).ToList();
        await Task.WhenAll(calls.Select(call => call.Heard)).WaitAsync(MostTime, time, cancellationToken);
        calls.ForEach(call => call.Hangup());
        await speaker.StopAsync(cancellationToken);
    }

    private static PeerConfig Neighbor(int number) => new()
    {
        Name = $"neighbour {number}",
        Address = new IPAddress([192, 0, 2, (byte)number]),
        Asn = FirstAsn + (uint)number,
        Families = [AfiSafi.IPv4Unicast],
        Transport = new TransportOptions { Passive = true },
    };
}
