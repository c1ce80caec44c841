using System.Diagnostics;
using System.Globalization;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Benchmarks.Policy.Packets;

namespace Routing.Benchmarks.Policy;

/// <summary>`policy-packets`: what a packet costs between two pods at 1 to 5,000 policies that select the receiver, beside
/// the same policies laid out one after another.</summary>
/// <remarks>A machine is not as fast at one time as at another, so what is compared is compared within some milliseconds: there is a
/// receiver for each number of policies, all their rules are in the kernel, and short slices of load go to each in turn, over and over.
/// A round gives the ratios to the receiver with one policy; of all rounds the median counts, with the interval in which that of
/// endlessly many rounds would lie, 95 times of 100.</remarks>
internal static class PolicyPacketsBenchmark
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    private const string Counting = "--count-rules";

    /// <param name="arguments">How many rounds; sixty without. With --count-rules it is ours alone, with and without that option.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Select(text => int.TryParse(text, out var number) ? number : 0).Append(60).First(number => number > 0);
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("policy-packets makes network namespaces; run it as root");
            return 2;
        }

        if (!OwnNamespaces.AreEntered)
        {
            return await OwnNamespaces.RunAsync(["policy-packets", .. arguments]);
        }

        OnOneProcessor();
        using var routing = new RoutingLayout("routing", NftApplier.Open);
        using var withLegacy = new RoutingLayout(
            "routing, iptables-legacy and ipset", () => IptablesApplier.Open(IptablesFlavour.Legacy, TimeProvider.System));
        using var withNft = new RoutingLayout(
            "routing, iptables-nft and ipset", () => IptablesApplier.Open(IptablesFlavour.Nft, TimeProvider.System));
        using var path = new PacketPath();
        using var load = new PacketLoad(path);
        Untrack();
        if (arguments.Contains(Counting))
        {
            CountingBenchmark.Run([routing, withLegacy, withNft], load, rounds, Slice);
            return 0;
        }

        PolicyLayout[] layouts =
        [
            new NoRules(), routing, withLegacy, withNft, new LinearNftables(),
            new LinearIptables("iptables-legacy, a chain a policy", "iptables-legacy-restore"),
            new LinearIptables("iptables-nft, a chain a policy", "iptables-nft-restore"),
        ];
        (string Name, Func<PacketServer, TimeSpan, double> Measure)[] loads =
        [
            ("UDP packets/s, untracked", load.Datagrams), ("TCP requests/s, one connection", load.Requests),
            ("TCP connections/s", load.Connections),
        ];
        var results = loads.Select(_ => new List<(string Layout, double[][] Rounds)>()).ToArray();
        foreach (var layout in layouts)
        {
            layout.Apply();
            for (var i = 0; i < loads.Length; i++)
            {
                results[i].Add((layout.Name, Measure(loads[i].Measure, rounds)));
                load.Disconnect();
            }

            layout.Clear();
        }

        for (var i = 0; i < loads.Length; i++)
        {
            Print(loads[i].Name, results[i]);
        }

        return 0;
    }

    /// <returns>By round, the rates of the servers.</returns>
    private static double[][] Measure(Func<PacketServer, TimeSpan, double> measure, int rounds)
    {
        foreach (var server in PacketServer.All)
        {
            measure(server, Slice);
        }

        var rates = new double[rounds][];
        for (var round = 0; round < rounds; round++)
        {
            // Another one begins each time, so that none always comes after the same.
            rates[round] = new double[PacketServer.All.Count];
            for (var i = 0; i < rates[round].Length; i++)
            {
                var at = (round + i) % rates[round].Length;
                rates[round][at] = measure(PacketServer.All[at], Slice);
            }
        }

        return rates;
    }

    /// <summary>Keeps this thread and those that it starts on one processor: whether the two ends of a connection share one is the
    /// scheduler's luck otherwise, and worth a factor of ten.</summary>
    private static void OnOneProcessor()
    {
        using var self = Process.GetCurrentProcess();
        self.ProcessorAffinity = 1 << Math.Min(Environment.ProcessorCount - 1, 30);
    }

    /// <summary>Keeps UDP out of connection tracking, in every layout alike: each packet meets the rules, as only the first one of
    /// a connection does otherwise.</summary>
    private static void Untrack() => RulesetTool.Run(
        "table ip bench { chain raw { type filter hook prerouting priority -350; meta l4proto udp notrack; }; }\n", "nft", "-f", "-");

    private static void Print(string load, List<(string Layout, double[][] Rounds)> results)
    {
        var servers = PacketServer.All;
        Console.WriteLine($"\n{load}, medians; then ratios to one policy, with the interval of 95 %:\n");
        Console.WriteLine($"| layout | {string.Join(" | ", servers.Select(server => server.Policies))} | "
            + $"{string.Join(" | ", servers.Skip(1).Select(server => $"{server.Policies} : 1"))} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", (servers.Count * 2) - 1))}");
        foreach (var (layout, rounds) in results)
        {
            var rates = servers.Select((_, i) => new Spread(rounds.Select(round => round[i])).Median.ToString("N0", CultureInfo.InvariantCulture));
            var ratios = servers.Skip(1).Select((_, i) => new Spread(rounds.Select(round => round[i + 1] / round[0])).ToString());
            Console.WriteLine($"| {layout} | {string.Join(" | ", rates)} | {string.Join(" | ", ratios)} |");
        }
    }
}
