using System.Collections.Immutable;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S1: one peer sends a full table, one eBGP peer receives it. S5: then the sender closes, and everything is
/// withdrawn.</summary>
internal sealed class TableCase : BgpCase
{
    private static readonly PeerPlan Sender = PeerPlan.External("sender", 1);

    public override ImmutableArray<string> Names => ["S1", "S5"];

    public override DaemonPlan Plan(CompareOptions options) => new([Sender, PeerPlan.External("receiver", 2)]);

    public override void Run(CaseRun run, CompareOptions options)
    {
        var count = options.Scaled(1_000_000);
        var feed = new RouteFeed(Sender, 0, count).Announce();
        var (sender, receiver) = (run.Sessions[0], run.Sessions[1]);
        var told = receiver.Prefixes = new PrefixSet(count);
        if (run.Establish() && run.Settle() && run.Measure("S1", () => sender.Send(feed), () => told.Count == count)
            && options.Wants("S5"))
        {
            run.Settle();
            run.Measure("S5", sender.Close, () => told.Count == 0);
        }
    }
}
