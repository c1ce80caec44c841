using System.Runtime.CompilerServices;
using Routing.Bgp.Fsm;
using Routing.Bgp.Speaker.Watch;

namespace Routing.Bgp.Speaker;

/// <summary>What goes on, live.</summary>
public sealed partial class BgpSpeaker
{
    private int _watchers;

    /// <summary>How many watch now.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>What happens in the sessions from now on: their states, and what the neighbours send. Each neighbour's state
    /// comes first.</summary>
    /// <remarks>A watcher that does not keep up loses messages and is told how many; it slows nobody.</remarks>
    /// <param name="filter">What to leave out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<SpeakerEvent> WatchAsync(
        WatchFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = new SpeakerWatch(filter, _time);
        _taps.Add(watch);
        Interlocked.Increment(ref _watchers);
        try
        {
            foreach (var peer in _peers.All.OrderBy(peer => peer.Name, StringComparer.Ordinal))
            {
                if (filter.Peer is null || filter.Peer == peer.Name)
                {
                    yield return new SpeakerEvent(_time.GetUtcNow(), SpeakerEventKind.State, peer.Name)
                    {
                        To = peer.Session.Status.State,
                    };
                }
            }

            await foreach (var @event in watch.ReadAsync(cancellationToken))
            {
                var ended = @event is { Kind: SpeakerEventKind.State, From: SessionState.Established };
                yield return ended ? @event with { Text = _peers.Find(@event.Peer)?.Session.Status.LastError } : @event;
            }
        }
        finally
        {
            _taps.Remove(watch);
            Interlocked.Decrement(ref _watchers);
        }
    }
}
