using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Routing.Benchmarks.Bgp.Load;

namespace Routing.Benchmarks.Bgp.Cases;

/// <summary>S7: a reflector of a thousand clients with 26 prefixes each; one client goes and comes back every second. Convergence
/// is from its going (or its sending) until another client has heard of all 26, over all clients and flaps.</summary>
internal sealed class FlapCase : BgpCase
{
    private const int Prefixes = 26;
    private const int Flaps = 8;
    private static readonly TimeSpan FlapInterval = TimeSpan.FromSeconds(1);

    public override ImmutableArray<string> Names => ["S7"];

    public override bool RunsOnce => true;

    public override DaemonPlan Plan(CompareOptions options) =>
        new([.. Enumerable.Range(1, options.Scaled(1000)).Select(PeerPlan.Client)]);

    public override void Run(CaseRun run, CompareOptions options)
    {
        var clients = run.Sessions.Length;
        var feeds = run.Sessions.Select((session, i) => new RouteFeed(session.Peer, i * Prefixes, Prefixes).Announce()).ToList();
        var told = run.Sessions.Select((session, i) => session.Prefixes = NewSet(clients, i)).ToArray();
        var all = (clients - 1) * Prefixes;
        var idle = run.ResidentMiB;
        if (!run.Establish() || !run.Measure("S7 table", () => SendAll(run, feeds), () => Array.TrueForAll(told, set => set.Count == all))
            || !run.Settle())
        {
            return;
        }

        var perClient = (run.ResidentMiB - idle) * 1024 / clients;
        var processor = run.CpuSeconds;
        var times = new List<double>();
        for (var flap = 0; flap < Flaps; flap++)
        {
            var clock = Stopwatch.StartNew();
            if (!Flap(run, flap, feeds, told, all, times) || !run.Loop.RunUntil(() => clock.Elapsed > FlapInterval, run.Limit))
            {
                break;
            }
        }

        times.Sort();
        var perFlap = (run.CpuSeconds - processor) / Flaps;
        run.Add("S7 flap p99", times.Count == 0 ? 0 : times[(int)(times.Count * 0.99)], perFlap, string.Create(
            CultureInfo.InvariantCulture,
            $"{perClient:F0} KiB a client; median {(times.Count == 0 ? 0 : times[times.Count / 2] * 1000):F1} ms"));
    }

    private static bool Flap(
        CaseRun run, int flap, List<byte[]> feeds, PrefixSet[] told, int all, List<double> times)
    {
        // Spread over the clients; none twice.
        var client = flap * run.Sessions.Length / Flaps;
        var session = run.Sessions[client];
        told[client] = session.Prefixes = NewSet(told.Length, client);
        if (!Await(run, client, session.Close, told, all - Prefixes, times))
        {
            return false;
        }

        session.Connect();
        return run.Loop.RunUntil(() => session.IsEstablished, run.Limit)
            && Await(run, client, () => session.Send(feeds[client]), told, all, times)
            && run.Loop.RunUntil(() => told[client].Count == all, run.Limit);
    }

    /// <summary>Notes when each other client holds so many prefixes.</summary>
    private static bool Await(CaseRun run, int client, Action begin, PrefixSet[] told, int count, List<double> times)
    {
        var waiting = Enumerable.Range(0, told.Length).Where(other => other != client).ToList();
        var clock = Stopwatch.StartNew();
        begin();
        return run.Loop.RunUntil(
            () =>
            {
                var now = clock.Elapsed.TotalSeconds;
                times.AddRange(Enumerable.Repeat(now, waiting.RemoveAll(other => told[other].Count == count)));
                return waiting.Count == 0;
            },
            run.Limit);
    }

    private static PrefixSet NewSet(int clients, int client) =>
        new(clients * Prefixes) { Own = (client * Prefixes)..((client + 1) * Prefixes) };

    private static void SendAll(CaseRun run, List<byte[]> feeds)
    {
        for (var i = 0; i < feeds.Count; i++)
        {
            run.Sessions[i].Send(feeds[i]);
        }
    }
}
