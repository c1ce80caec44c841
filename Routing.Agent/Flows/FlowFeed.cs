using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Routing.Agent.Flows;

/// <summary>Hands flows to those who follow, and keeps the latest for those who come later. A follower that does not keep
/// up loses flows and is told how many; nobody waits for it.</summary>
internal sealed class FlowFeed
{
    private readonly Lock _lock = new();
    private readonly Queue<FlowRecord> _recent = [];
    private readonly int _capacity;
    private ImmutableArray<Follower> _followers = [];

    /// <param name="capacity">Flows kept, and flows that wait for a follower.</param>
    public FlowFeed(int capacity) => _capacity = capacity;

    /// <summary>Followers now.</summary>
    public int Followers => _followers.Length;

    /// <summary>Tells flows; called by one thread at a time.</summary>
    public void Publish(IReadOnlyCollection<FlowRecord> flows)
    {
        lock (_lock)
        {
            foreach (var flow in flows)
            {
                _recent.Enqueue(flow);
                if (_recent.Count > _capacity)
                {
                    _recent.Dequeue();
                }

                foreach (var follower in _followers)
                {
                    follower.Offer(flow);
                }
            }
        }
    }

    /// <summary>The latest flows that match, then, when asked to follow, each one that comes.</summary>
    /// <returns>Flows; a null flow comes with the number of those lost at that place.</returns>
    public async IAsyncEnumerable<(FlowRecord? Flow, long Lost)> ReadAsync(
        FlowFilter filter, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Follower? follower = null;
        List<FlowRecord> recent;
        lock (_lock)
        {
            recent = [.. _recent.Where(filter.Matches)];
            if (follow)
            {
                follower = new Follower(filter, _capacity);
                _followers = _followers.Add(follower);
            }
        }

        try
        {
            foreach (var flow in recent)
            {
                yield return (flow, 0);
            }

            while (follower is not null)
            {
                var flow = await follower.Reader.ReadAsync(cancellationToken);
                if (follower.TakeLost() is > 0 and var lost)
                {
                    yield return (null, lost);
                }

                yield return (flow, 0);
            }
        }
        finally
        {
            lock (_lock)
            {
                _followers = follower is null ? _followers : _followers.Remove(follower);
            }
        }
    }

    private sealed class Follower(FlowFilter filter, int capacity)
    {
        // Full: the flow is lost to this follower, and counted.
        private readonly Channel<FlowRecord> _flows = Channel.CreateBounded<FlowRecord>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

        private long _lost;

        public ChannelReader<FlowRecord> Reader => _flows.Reader;

        public void Offer(FlowRecord flow)
        {
            if (filter.Matches(flow) && !_flows.Writer.TryWrite(flow))
            {
                Interlocked.Increment(ref _lost);
            }
        }

        public long TakeLost() => Interlocked.Exchange(ref _lost, 0);
    }
}
