using System.Globalization;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Benchmarks.Policy.Packets;

namespace Routing.Benchmarks.Policy;

/// <summary>`policy-packets`: what a packet costs between two pods at 1 to 5,000 policies that select the receiver, beside
/// the same policies laid out one after another, in the same run and taking turns.</summary>
internal static class PolicyPacketsBenchmark
{
    private static readonly int[] Counts = [1, 10, 100, 1000, 5000];

    /// <param name="arguments">How many runs; five without.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = arguments is [var text, ..] && int.TryParse(text, out var number) ? number : 5;
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("policy-packets makes network namespaces; run it as root");
            return 2;
        }

        if (!OwnNamespaces.AreEntered)
        {
            return await OwnNamespaces.RunAsync(["policy-packets", .. arguments]);
        }

        using var routing = new RoutingLayout("routing", NftApplier.Open);
        using var withLegacy = new RoutingLayout(
            "routing, iptables-legacy and ipset", () => IptablesApplier.Open(IptablesFlavour.Legacy, TimeProvider.System));
        using var withNft = new RoutingLayout(
            "routing, iptables-nft and ipset", () => IptablesApplier.Open(IptablesFlavour.Nft, TimeProvider.System));
        PolicyLayout[] layouts =
        [
            new NoRules(), routing, withLegacy, withNft, new LinearNftables(),
            new LinearIptables("iptables-legacy, a chain a policy", "iptables-legacy-restore"),
            new LinearIptables("iptables-nft, a chain a policy", "iptables-nft-restore"),
        ];
        using var path = new PacketPath();
        using var load = new PacketLoad(path);
        Untrack();
        (string Name, Func<TimeSpan, double> Measure)[] loads =
        [
            ("UDP packets/s, untracked", load.Datagrams), ("TCP requests/s, one connection", load.Requests),
            ("TCP connections/s", load.Connections),
        ];
        var results = layouts.ToDictionary(layout => layout, _ => Counts.Select(_ => loads.Select(_ => new List<double>()).ToArray()).ToArray());
        for (var run = -1; run < runs; run++) // the first one warms up
        {
            foreach (var layout in layouts)
            {
                for (var at = 0; at < Counts.Length; at++)
                {
                    Measure(layout, Counts[at], loads, run < 0 ? null : results[layout][at]);
                }

                layout.Clear();
            }
        }

        for (var i = 0; i < loads.Length; i++)
        {
            Print(loads[i].Name, layouts, layout => [.. results[layout].Select(at => Median(at[i]))]);
        }

        return 0;
    }

    private static void Measure(
        PolicyLayout layout, int policies, (string Name, Func<TimeSpan, double> Measure)[] loads, List<double>[]? into)
    {
        layout.Apply(policies);
        for (var i = 0; i < loads.Length; i++)
        {
            var rate = loads[i].Measure(TimeSpan.FromMilliseconds(into is null ? 50 : 400));
            into?[i].Add(rate);
        }
    }

    /// <summary>Keeps UDP out of connection tracking, in every layout alike: each packet meets the rules, as only the first one of
    /// a connection does otherwise.</summary>
    private static void Untrack() => RulesetTool.Run(
        "table ip bench { chain raw { type filter hook prerouting priority -350; meta l4proto udp notrack; }; }\n", "nft", "-f", "-");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(string load, PolicyLayout[] layouts, Func<PolicyLayout, double[]> medians)
    {
        Console.WriteLine($"\n{load}; policies that select the receiver:\n");
        Console.WriteLine($"| layout | {string.Join(" | ", Counts)} | last to first |");
        Console.WriteLine($"|---|{string.Concat(Counts.Select(_ => "---|"))}---|");
        foreach (var layout in layouts)
        {
            var rates = medians(layout);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {layout.Name} | {string.Join(" | ", rates.Select(rate => rate.ToString("N0", CultureInfo.InvariantCulture)))} | {rates[^1] / rates[0]:F2} |"));
        }
    }
}
