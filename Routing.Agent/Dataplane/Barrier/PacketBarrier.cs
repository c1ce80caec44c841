using System.Diagnostics;
using Routing.Agent.Native;

namespace Routing.Agent.Dataplane.Barrier;

/// <summary>A grace period by running once on each processor.</summary>
/// <remarks>
/// <para>A packet that is forwarded, or that comes in, is inside the rules with bottom halves off, and no thread runs on that
/// processor meanwhile. So once a thread of ours has run on each one, the packets of before are through: what was synchronize_sched
/// in the kernel, in some 0.05 ms for each processor. A grace period of RCU, which membarrier(2) asks for, says the same of all packets,
/// and takes 6 to 20 ms.</para>
/// <para>Not covered: where the kernel preempts everything (preempt=full or lazy), a packet that a process of the host sends, or that goes on
/// out of a queue, may have been put aside half-way. Where bottom halves are preempted (PREEMPT_RT) any packet may: there it is
/// membarrier, and so it is on processors that we may not run on (a cpuset), and when they are not free for long. A kernel that has
/// not that either (nohz_full) leaves nothing to wait with.</para>
/// <para>The thread is nobody else's, and so are its affinity and its priority.</para>
/// </remarks>
internal sealed class PacketBarrier : IPacketBarrier
{
    private const int Fifo = 1; // SCHED_FIFO
    private const int Priority = 50; // of the kernel's own such threads: it does not queue behind what is busy, and is soon gone
    private const int Stack = 256 << 10;
    private const int MostProcessors = 8192; // NR_CPUS

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly OnlineProcessors _processors;
    private readonly bool _isRealtime;
    private readonly object _gate = new(); // of all below
    private Thread? _thread;
    private long _asked, _answered;
    private bool _isLate; // was not waited for any longer
    private bool _isEnded;

    /// <param name="processors">Disposed of with this; null for the machine's.</param>
    /// <param name="realtimePath">Says 1 on PREEMPT_RT.</param>
    public PacketBarrier(OnlineProcessors? processors = null, string realtimePath = "/sys/kernel/realtime")
    {
        _processors = processors ?? new OnlineProcessors();
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
            if (_thread is null)
            {
                _thread = new Thread(Run, Stack) { IsBackground = true, Name = "packet barrier" };
                _thread.Start();
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
            while (_answered < _asked)
            {
                var left = Patience - Stopwatch.GetElapsedTime(started);
                if (_isLate || left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    _isLate = true;
                    break;
                }
            }

            if (!_isLate)
            {
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
            Monitor.PulseAll(_gate);
        }

        if (_thread?.Join(Patience) != false)
        {
            _processors.Dispose();
        }
    }

    private void Run()
    {
        LibC.SetScheduler(0, Fifo, Priority); // refused: it takes longer
        while (Next() is { } asked)
        {
            var kind = TryVisitAll() ? PacketBarrierKind.Visits : GracePeriod();
            lock (_gate)
            {
                (_answered, _isLate, Kind) = (asked, false, kind);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private long? Next()
    {
        lock (_gate)
        {
            while (_answered == _asked && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            return _isEnded ? null : _asked;
        }
    }

    private bool TryVisitAll() => !_isRealtime && _processors.Read() is { Length: > 0 } all && Array.TrueForAll(all, TryVisit);

    /// <returns>False for a processor that this may not run on, or that does not run.</returns>
    private static unsafe bool TryVisit(int processor)
    {
        var mask = stackalloc byte[MostProcessors / 8];
        new Span<byte>(mask, MostProcessors / 8).Clear();
        mask[processor / 8] = (byte)(1 << (processor % 8));
        return LibC.SetAffinity(0, MostProcessors / 8, mask) == 0;
    }

    private static PacketBarrierKind GracePeriod() =>
        MemoryBarrier.TryGlobal() ? PacketBarrierKind.GracePeriod : PacketBarrierKind.None;
}
