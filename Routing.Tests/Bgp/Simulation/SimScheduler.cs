namespace Routing.Tests.Bgp.Simulation;

/// <summary>Virtual time and all chance of a run. What is due at the same moment runs in an order drawn from the seed, so
/// that one seed is one run, and many seeds are many interleavings.</summary>
internal sealed class SimScheduler(int seed)
{
    private readonly PriorityQueue<Action, (TimeSpan At, int Draw, long Number)> _due = new();
    private long _scheduled;

    /// <summary>All chance there is.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Time since the run began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Actions that have run.</summary>
    public long Ran { get; private set; }

    /// <summary>A time drawn between two.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan greatest) => least + ((greatest - least) * Random.NextDouble());

    /// <summary>Runs an action later.</summary>
    public void After(TimeSpan delay, Action action) =>
        _due.Enqueue(action, (Now + delay, Random.Next(), _scheduled++));

    /// <summary>Lets virtual time pass.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (_due.TryPeek(out var action, out var order) && order.At <= end)
        {
            _due.Dequeue();
            Now = order.At;
            Ran++;
            action();
        }

        Now = end;
    }
}
