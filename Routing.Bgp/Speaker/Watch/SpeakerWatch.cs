using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker.Watch;

/// <summary>One watcher's ear at the sessions.</summary>
/// <remarks><code>
///  readers, loops ──► copy ──► queue (bounded, full: count) ──► watcher's own task: decode, filter prefixes
/// </code>
/// A session gives a copy and goes on; all that takes time is done by the watcher. One that does not keep up loses messages
/// and is told how many; it slows nobody.</remarks>
internal sealed class SpeakerWatch(WatchFilter filter, TimeProvider time) : ISessionTap
{
    /// <summary>Most messages kept for a watcher: 16 MB when all are of the greatest length.</summary>
    public const int Capacity = 4096;

    // Full: the message is dropped and counted, the session goes on.
    private readonly Channel<WatchedMessage> _queue = Channel.CreateBounded<WatchedMessage>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _lost;

    /// <inheritdoc/>
    public void OnReceived(SessionEnds ends, MessageType type, ReadOnlySpan<byte> body)
    {
        if (type is MessageType.Update or MessageType.Notification or MessageType.RouteRefresh && Wants(ends))
        {
            Note(new WatchedMessage(time.GetUtcNow(), ends) { Type = type, Body = body.ToArray() });
        }
    }

    /// <inheritdoc/>
    public void OnState(SessionEnds ends, SessionState from, SessionState to)
    {
        if (Wants(ends))
        {
            Note(new WatchedMessage(time.GetUtcNow(), ends) { From = from, To = to });
        }
    }

    /// <summary>What has been noted, decoded, for as long as the watcher asks.</summary>
    public async IAsyncEnumerable<SpeakerEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var decoder = new WatchDecoder(filter);
        await foreach (var message in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            if (message.LostBefore > 0)
            {
                yield return Loss(message.LostBefore);
            }

            foreach (var @event in decoder.Decode(message))
            {
                yield return @event;
            }

            // A burst whose end was lost is followed by nothing that could tell of it.
            if (_queue.Reader.Count == 0 && Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
            {
                yield return Loss(lost);
            }
        }
    }

    private SpeakerEvent Loss(long count) => new(time.GetUtcNow(), SpeakerEventKind.Lost, "") { Lost = count };

    private bool Wants(SessionEnds ends) => filter.Peer is null || filter.Peer == ends.Name;

    private void Note(WatchedMessage message)
    {
        var lost = Interlocked.Exchange(ref _lost, 0);
        if (!_queue.Writer.TryWrite(message with { LostBefore = lost }))
        {
            Interlocked.Add(ref _lost, lost + 1);
        }
    }
}
