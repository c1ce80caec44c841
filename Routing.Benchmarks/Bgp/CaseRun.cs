using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Routing.Benchmarks.Bgp.Daemons;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp;

/// <summary>One run of one case on one daemon: the daemon's process, the sessions to it, and what was measured.</summary>
internal sealed class CaseRun : IDisposable
{
    /// <summary>Every daemon gets it before its first session: to finish starting is not what the cases measure.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    private readonly BgpDaemon _daemon;
    private readonly CompareOptions _options;
    private readonly DaemonProcess _process;

    /// <summary>Starts the daemon in the namespace of the calling thread.</summary>
    public CaseRun(BgpDaemon daemon, DaemonPlan plan, CompareOptions options)
    {
        (_daemon, _options) = (daemon, options);
        _process = DaemonProcess.Start(daemon, plan);
        Loop = new LoadLoop(new IPEndPoint(DaemonPlan.Address, DaemonPlan.Port));
        Sessions = [.. plan.Peers.Select(Loop.Add)];
        Loop.RunFor(SettleTime);
    }

    /// <summary>Who drives the sessions.</summary>
    public LoadLoop Loop { get; }

    /// <summary>The other ends of the plan's peers, in its order; not connected yet.</summary>
    public ImmutableArray<LoadSession> Sessions { get; }

    /// <summary>What came out.</summary>
    public List<Measurement> Results { get; } = [];

    /// <summary>The daemon's processor time so far.</summary>
    public double CpuSeconds => _process.CpuSeconds;

    /// <summary>The daemon's memory now.</summary>
    public double ResidentMiB => _process.ResidentMiB;

    /// <summary>The longest that a phase may take.</summary>
    public TimeSpan Limit => _options.Limit;

    /// <summary>Brings all sessions up.</summary>
    public bool Establish()
    {
        foreach (var session in Sessions)
        {
            session.Connect();
        }

        return Loop.RunUntil(() => Loop.EstablishedCount == Sessions.Length, Limit);
    }

    /// <summary>Lets End-of-RIB and what else follows an OPEN pass by.</summary>
    public bool Settle() => Loop.RunFor(SettleTime);

    /// <summary>Measures from an action until something holds.</summary>
    /// <returns>False when it never did: the row has the reason.</returns>
    public bool Measure(string row, Action begin, Func<bool> done)
    {
        var processor = _process.CpuSeconds;
        var clock = Stopwatch.StartNew();
        begin();
        var isDone = Loop.RunUntil(done, Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        Add(row, seconds, _process.CpuSeconds - processor);
        return isDone;
    }

    /// <summary>Adds a row.</summary>
    public void Add(string row, double seconds, double cpuSeconds, string note = "") => Results.Add(
        new Measurement(row, _daemon.Name)
        {
            Seconds = seconds,
            CpuSeconds = cpuSeconds,
            PeakMiB = _process.PeakMiB,
            LongestSilence = Loop.LongestSilence,
            Failure = Loop.Failure is { } failure && _process.HasExited ? $"{failure}; it has exited" : Loop.Failure,
            Note = note,
        });

    public void Dispose()
    {
        Loop.Dispose();
        _process.Dispose();
    }
}
