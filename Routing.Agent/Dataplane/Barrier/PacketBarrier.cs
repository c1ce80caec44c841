using System.Diagnostics;
using Routing.Agent.Native;

namespace Routing.Agent.Dataplane.Barrier;

/// <summary>A grace period by running once on each processor.</summary>
/// <remarks>
/// <para>A packet that is forwarded, or that comes in, is inside the rules with bottom halves off, and no thread runs on that
/// processor meanwhile. So once a thread of ours has run on each one, the packets of before are through: what was synchronize_sched
/// in the kernel, in some 0.02 ms for each processor. A grace period of RCU, which membarrier(2) asks for, says the same of all packets,
/// and takes 6 to 20 ms.</para>
/// <para>Not covered: where the kernel preempts everything (preempt=full or lazy), a packet that a process of the host sends, or that goes on
/// out of a queue, may have been put aside half-way. Where bottom halves are preempted (PREEMPT_RT) any packet may: there it is
/// membarrier, and so it is on processors that we may not run on (a cpuset), and when they are not free for long. A kernel that has
/// not that either (nohz_full, PREEMPT_RT on one processor) leaves nothing to wait with.</para>
/// <para>A thread visits eight processors one after the other, for each of them may have to wake up first: many processors are visited by
/// several threads. These are nobody else's, and so are their affinity and their priority.</para>
/// </remarks>
internal sealed class PacketBarrier : IPacketBarrier
{
    private const int Fifo = 1; // SCHED_FIFO
    private const int Priority = 50; // of the kernel's own such threads: it does not queue behind what is busy, and is soon gone
    private const int Stack = 256 << 10;
    private const int MostProcessors = 8192; // NR_CPUS

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly OnlineProcessors _processors;
    private readonly int _share;
    private readonly Predicate<int> _visit;
    private readonly bool _isRealtime;
    private readonly object _gate = new(); // of all below
    private readonly List<Visitor> _visitors = [];
    private int[] _all = []; // processors; none when they are not known, or visits say nothing
    private bool _isAlone; // membarrier(2) returns at once with one processor: it takes for granted that nobody is put aside half-way
    private long _asked;
    private bool _isEnded;

    /// <param name="processors">Disposed of with this; null for the machine's.</param>
    /// <param name="realtimePath">Says 1 on PREEMPT_RT.</param>
    /// <param name="share">How many processors a thread visits.</param>
    /// <param name="visit">Runs on a processor, when that is free; false where the calling thread may not, or it does not run. Null for
    /// doing so.</param>
    public PacketBarrier(
        OnlineProcessors? processors = null, string realtimePath = "/sys/kernel/realtime", int share = 8, Predicate<int>? visit = null)
    {
        _processors = processors ?? new OnlineProcessors();
        (_share, _visit) = (share, visit ?? TryVisit);
        _isRealtime = File.Exists(realtimePath) && File.ReadAllText(realtimePath).Trim() == "1";
    }

    /// <summary>How it was waited last.</summary>
    public PacketBarrierKind Kind { get; private set; }

    /// <inheritdoc/>
    public void Begin()
    {
        lock (_gate)
        {
            _asked++;
            var online = _processors.Read();
            (_all, _isAlone) = (_isRealtime ? [] : online, _isRealtime && online.Length == 1);
            while (_visitors.Count == 0 || _visitors.Count * _share < _all.Length)
            {
                var visitor = new Visitor(_visitors.Count);
                visitor.Thread = new Thread(() => Run(visitor), Stack) { IsBackground = true, Name = "packet barrier" };
                _visitors.Add(visitor);
                visitor.Thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        lock (_gate)
        {
            var started = Stopwatch.GetTimestamp();
            var left = Patience;
            while (_visitors.Exists(one => one.Answered < _asked) && left > TimeSpan.Zero && !_visitors.Exists(one => one.IsLate))
            {
                Monitor.Wait(_gate, left);
                left = Patience - Stopwatch.GetElapsedTime(started);
            }

            foreach (var visitor in _visitors)
            {
                visitor.IsLate = visitor.Answered < _asked;
            }

            if (!_visitors.Exists(one => one.IsLate))
            {
                Kind = _visitors.Count == 0 || _visitors.Exists(one => one.Kind == PacketBarrierKind.None)
                    ? PacketBarrierKind.None
                    : _visitors.Max(one => one.Kind);
                return;
            }
        }

        Kind = GracePeriod();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnded = true;
            _processors.Dispose();
            Monitor.PulseAll(_gate);
        }

        _visitors.ForEach(visitor => visitor.Thread!.Join(visitor.IsLate ? TimeSpan.Zero : Patience));
    }

    private void Run(Visitor visitor)
    {
        LibC.SetScheduler(0, Fifo, Priority); // refused: it takes longer
        while (Next(visitor) is var (asked, processors))
        {
            var kind = processors is not null && Array.TrueForAll(processors, _visit) ? PacketBarrierKind.Visits : GracePeriod();
            lock (_gate)
            {
                (visitor.Answered, visitor.IsLate, visitor.Kind) = (asked, false, kind);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <returns>What is asked, with the thread's share; null for the latter where one of them has to wait otherwise.</returns>
    private (long Asked, int[]? Processors)? Next(Visitor visitor)
    {
        lock (_gate)
        {
            while (visitor.Answered == _asked && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            return _isEnded ? null
                : (_asked, _all.Length == 0 && visitor.Number == 0 ? null : [.. _all.Where((_, i) => i % _visitors.Count == visitor.Number)]);
        }
    }

    /// <returns>False for a processor that this may not run on, or that does not run.</returns>
    private static unsafe bool TryVisit(int processor)
    {
        var mask = stackalloc byte[MostProcessors / 8];
        new Span<byte>(mask, MostProcessors / 8).Clear();
        mask[processor / 8] = (byte)(1 << (processor % 8));
        return LibC.SetAffinity(0, MostProcessors / 8, mask) == 0;
    }

    private PacketBarrierKind GracePeriod() =>
        !_isAlone && MemoryBarrier.TryGlobal() ? PacketBarrierKind.GracePeriod : PacketBarrierKind.None;

    /// <summary>A thread, and how it fares.</summary>
    private sealed class Visitor(int number)
    {
        public int Number => number;

        public Thread? Thread { get; set; }

        /// <summary>The last that it was asked for and has done.</summary>
        public long Answered { get; set; }

        /// <summary>It was not waited for any longer.</summary>
        public bool IsLate { get; set; }

        /// <summary>How it has waited then.</summary>
        public PacketBarrierKind Kind { get; set; }
    }
}
