using System.Collections.Immutable;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S3: a hundred clients of a route reflector send a hundred prefixes each and get all the others'. Cold: from the first
/// connection on, each client sending as soon as it is up. Warm: as many prefixes again over the same sessions.</summary>
internal sealed class ReflectorCase : BgpCase
{
    private const int Clients = 100;

    public override ImmutableArray<string> Names => ["S3"];

    public override DaemonPlan Plan(CompareOptions options) =>
        new([.. Enumerable.Range(1, Clients).Select(PeerPlan.Client)]);

    public override void Run(CaseRun run, CompareOptions options)
    {
        var each = options.Scaled(100);
        var feeds = new List<byte[]>[2];
        for (var pass = 0; pass < 2; pass++)
        {
            feeds[pass] =
                [.. run.Sessions.Select((session, i) => new RouteFeed(session.Peer, ((2 * i) + pass) * each, each).Announce())];
        }

        var told = run.Sessions.Select((session, i) => session.Prefixes =
            new PrefixSet(2 * Clients * each) { Own = (2 * i * each)..(2 * (i + 1) * each) }).ToArray();
        var others = (Clients - 1) * each;
        var sent = 0;
        var isCold = run.Measure("S3 cold", () => Connect(run), () =>
        {
            SendWhereUp(run, feeds[0], ref sent);
            return sent == Clients && Array.TrueForAll(told, prefixes => prefixes.Count == others);
        });
        if (isCold && run.Settle())
        {
            run.Measure("S3 warm", () => SendAll(run, feeds[1]), () => Array.TrueForAll(told, prefixes => prefixes.Count == 2 * others));
        }
    }

    private static void Connect(CaseRun run)
    {
        foreach (var session in run.Sessions)
        {
            session.Connect();
        }
    }

    private static void SendAll(CaseRun run, List<byte[]> feeds)
    {
        for (var i = 0; i < feeds.Count; i++)
        {
            run.Sessions[i].Send(feeds[i]);
        }
    }

    /// <summary>A feed is taken out when it is sent.</summary>
    private static void SendWhereUp(CaseRun run, List<byte[]> feeds, ref int sent)
    {
        for (var i = 0; sent < feeds.Count && i < feeds.Count; i++)
        {
            if (feeds[i].Length > 0 && run.Sessions[i].IsEstablished)
            {
                run.Sessions[i].Send(feeds[i]);
                feeds[i] = [];
                sent++;
            }
        }
    }
}
