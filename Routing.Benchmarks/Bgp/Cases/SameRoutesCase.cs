using System.Collections.Immutable;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S4: ten peers send the same prefixes, one receives. The last one's paths are the shortest. Done when the receiver
/// holds its path for every prefix, and has got a prefix of each sender's own that ended its feed: nobody is done who has
/// not read everything.</summary>
internal sealed class SameRoutesCase : BgpCase
{
    private const int Senders = 10;
    private const int PathLength = 5;

    public override ImmutableArray<string> Names => ["S4"];

    public override DaemonPlan Plan(CompareOptions options) => new(
    [
        .. Enumerable.Range(1, Senders).Select(number => PeerPlan.External("sender", number) with { SendsOnly = true }),
        PeerPlan.External("receiver", Senders + 1),
    ]);

    public override void Run(CaseRun run, CompareOptions options)
    {
        var count = options.Scaled(100_000);
        var told = run.Sessions[Senders].Prefixes = new PrefixSet(count + Senders, bestLength: PathLength); // ours is before it
        var feeds = new List<byte[]>();
        for (var i = 0; i < Senders; i++)
        {
            var length = PathLength - (i == Senders - 1 ? 1 : 0);
            var sender = run.Sessions[i].Peer;
            feeds.Add(
            [
                .. (new RouteFeed(sender, 0, count) { PathLength = length }).Announce(),
                .. (new RouteFeed(sender, count + i, 1) { PathLength = length }).Announce(),
            ]);
        }

        if (run.Establish() && run.Settle())
        {
            run.Measure(
                "S4",
                () => feeds.Index().ToList().ForEach(feed => run.Sessions[feed.Index].Send(feed.Item)),
                () => told.Count == count + Senders && told.BestCount == count + 1);
        }
    }
}
