using System.Collections;
using System.Collections.Concurrent;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy.Netns;

/// <summary>Knows which flows each state of the rules allows, and which states a packet may have met.</summary>
internal sealed class TrafficJudge(IReadOnlyList<Probe> flows, int changes, int seed) : IDisposable
{
    private const int PacketsOfRound = 24;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly BitArray[] _states = new BitArray[changes + 1]; // written before _applying tells of them
    private readonly string[] _what = new string[changes + 1];
    private readonly AutoResetEvent _round = new(false);
    private readonly ManualResetEvent _ended = new(false);
    private readonly Random _random = new(seed);
    private int _applying = -1, _applied = -1;
    private volatile bool _isStopped;
    private int _rounds, _wide;

    public ConcurrentQueue<string> Wrong { get; } = [];

    /// <summary>What ended the sender before it was told to stop.</summary>
    public Exception? Failure { get; private set; }

    public int Changes => _applied;

    public long Packets { get; private set; }

    public long MustArrive { get; private set; }

    public long MustNot { get; private set; }

    /// <summary>Rules are about to come that do what the cluster says now.</summary>
    public void Expect(string what, RandomChanges cluster)
    {
        var evaluator = new PolicyEvaluator(cluster.Cluster);
        _states[_applying + 1] = new BitArray([.. flows.Select(flow => cluster.Allows(flow, evaluator))]);
        _what[_applying + 1] = what;
        Volatile.Write(ref _applying, _applying + 1);
    }

    /// <summary>They are in force.</summary>
    public void Applied()
    {
        Volatile.Write(ref _applied, _applying);
        _round.Reset();
    }

    /// <returns>False when nobody sends any more.</returns>
    public bool WaitForRound()
    {
        var first = WaitHandle.WaitAny([_round, _ended], Deadline);
        Assert.That(first, Is.Not.EqualTo(WaitHandle.WaitTimeout), "packets pass");
        return first == 0;
    }

    public void Stop() => _isStopped = true;

    public void Dispose()
    {
        _round.Dispose();
        _ended.Dispose();
    }

    /// <summary>Sends until stopped.</summary>
    public void Run(Traffic traffic)
    {
        try
        {
            Traffic.StayOnOneProcessor();
            var order = Enumerable.Range(0, flows.Count).ToArray();
            var arrived = new HashSet<int>();
            while (!_isStopped)
            {
                _random.Shuffle(order);
                var chosen = order.AsSpan(0, PacketsOfRound);
                var low = Volatile.Read(ref _applied);
                traffic.Round(chosen, arrived);
                Look(chosen, arrived, low, Volatile.Read(ref _applying));
                _round.Set();
            }
        }
        catch (Exception e)
        {
            Failure = e;
            _ended.Set();
        }
    }

    public override string ToString() =>
        $"{Changes} changes, {_rounds} rounds of which {_wide} while rules changed, {Packets} packets: {MustArrive} had to arrive, {MustNot} must not";

    private void Look(ReadOnlySpan<int> sent, HashSet<int> arrived, int low, int high)
    {
        _rounds++;
        _wide += low < high ? 1 : 0;
        Packets += sent.Length;
        foreach (var index in sent)
        {
            var allowing = 0;
            for (var state = low; state <= high; state++)
            {
                allowing += _states[state][index] ? 1 : 0;
            }

            var (allAllow, allDeny) = (allowing == high - low + 1, allowing == 0);
            MustArrive += allAllow ? 1 : 0;
            MustNot += allDeny ? 1 : 0;
            if ((allAllow && !arrived.Contains(index)) || (allDeny && arrived.Contains(index)))
            {
                Wrong.Enqueue($"{flows[index]} {(allAllow ? "was lost" : "passed")} in states {low} to {high} "
                    + $"({string.Join(", then ", _what[low..(high + 1)])}); seed {seed}");
            }
        }
    }
}
