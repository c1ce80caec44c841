using System.Collections.Immutable;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S6: a hundred sessions come up at once, all connecting in the same moment.</summary>
internal sealed class SessionsCase : BgpCase
{
    private const int Peers = 100;

    public override ImmutableArray<string> Names => ["S6"];

    public override DaemonPlan Plan(CompareOptions options) =>
        new([.. Enumerable.Range(1, Peers).Select(number => PeerPlan.External("peer", number))]);

    public override void Run(CaseRun run, CompareOptions options) => run.Measure(
        "S6",
        () =>
        {
            foreach (var session in run.Sessions)
            {
                session.Connect();
            }
        },
        () => run.Loop.EstablishedCount == Peers);
}
