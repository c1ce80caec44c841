using System.Collections.Immutable;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S2: ten peers send different prefixes, ten others receive all of them.</summary>
internal sealed class MeshCase : BgpCase
{
    private const int Peers = 10;

    public override ImmutableArray<string> Names => ["S2"];

    public override DaemonPlan Plan(CompareOptions options) => new(
    [
        .. Enumerable.Range(1, Peers).Select(number => PeerPlan.External("sender", number) with { SendsOnly = true }),
        .. Enumerable.Range(101, Peers).Select(number => PeerPlan.External("receiver", number)),
    ]);

    public override void Run(CaseRun run, CompareOptions options)
    {
        var each = options.Scaled(100_000);
        var feeds = run.Sessions[..Peers]
            .Select((session, i) => (session, new RouteFeed(session.Peer, i * each, each).Announce())).ToList();
        var told = run.Sessions[Peers..].Select(session => session.Prefixes = new PrefixSet(Peers * each)).ToArray();
        if (run.Establish() && run.Settle())
        {
            run.Measure(
                "S2",
                () => feeds.ForEach(feed => feed.session.Send(feed.Item2)),
                () => Array.TrueForAll(told, prefixes => prefixes.Count == Peers * each));
        }
    }
}
