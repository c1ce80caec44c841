using System.Net;
using System.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Speaker.Rehearsal;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>Plays a few sessions and a small table to a speaker of its own, in memory. The runtime compiles code when it runs
/// and compiles it well when it has run often: so that the first real neighbour with a full table does not wait for that, a
/// process that serves may rehearse as soon as it listens.</summary>
/// <remarks>Takes about a second of a processor. Nothing of it is seen outside: no socket, no log, no metric.</remarks>
public static class SpeakerRehearsal
{
    private const int Senders = 10;
    private const int UpdatesPerSender = 300;
    private const uint FirstAsn = 64496; // RFC 5398

    /// <summary>A method has to be called in two rounds, as the first one only tells the runtime that it exists, and those that
    /// are called once for a thousand routes in more.</summary>
    private const int LeastRounds = 3;

    /// <summary>More are played while they find much to compile; on a busy machine the compiler is late.</summary>
    private const int MostRounds = 8;

    /// <summary>Methods compiled in a round that was not worth it.</summary>
    private const int FewMethods = 60;

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
            var compiled = JitInfo.GetCompiledMethodCount();
            for (var round = 1; round <= MostRounds; round++)
            {
                await PlayAsync(time, cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
                var before = compiled;
                compiled = JitInfo.GetCompiledMethodCount();
                if (round >= LeastRounds && compiled - before < FewMethods)
                {
                    break;
                }
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

        // The last one only listens: it is to be told the table, and then that there is none.
        var (senders, listener) = (calls[..Senders], calls[Senders]);
        await Task.WhenAll(senders.Select(call => call.Heard).Append(listener.Hears(call => call.Announcements >= UpdatesPerSender)))
            .WaitAsync(MostTime, time, cancellationToken);
        senders.ForEach(call => call.Hangup());
        await listener.Hears(call => call.WithdrawnOctets >= UpdatesPerSender * NeighborScript.NlriOctetsPerUpdate)
            .WaitAsync(MostTime, time, cancellationToken);
        listener.Hangup();
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
