using System.Collections.Immutable;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>A load that every daemon is put under.</summary>
internal abstract class BgpCase
{
    /// <summary>All, in the order of the tables.</summary>
    public static ImmutableArray<BgpCase> All { get; } =
        [new TableCase(), new MeshCase(), new ReflectorCase(), new SameRoutesCase(), new SessionsCase(), new FlapCase()];

    /// <summary>Names by which it can be chosen; a case that measures two things has two.</summary>
    public abstract ImmutableArray<string> Names { get; }

    /// <summary>One run is enough: it is a distribution by itself.</summary>
    public virtual bool RunsOnce => false;

    /// <summary>What the daemon is configured with.</summary>
    public abstract DaemonPlan Plan(CompareOptions options);

    /// <summary>Drives the load; rows go to the run.</summary>
    public abstract void Run(CaseRun run, CompareOptions options);
}
