using System.Globalization;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>`policy-packets --count-rules`: what a packet costs more when elements of sets count. Both kinds of rules cannot be in one kernel,
/// so they take turns in it, round by round, and each round gives the ratio of its two.</summary>
internal static class CountingBenchmark
{
    /// <param name="layouts">Our back ends.</param>
    /// <param name="load">Traffic.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="slice">For how long each server is asked in a round.</param>
    public static void Run(IEnumerable<RoutingLayout> layouts, PacketLoad load, int rounds, TimeSpan slice)
    {
        (string Name, Func<PacketServer, TimeSpan, double> Measure)[] loads =
            [("UDP packets/s, untracked", load.Datagrams), ("TCP connections/s", load.Connections)];
        Console.WriteLine("| layout | load | policies | without | counting | counting : without |\n|---|---|---|---|---|---|");
        foreach (var layout in layouts)
        {
            var rates = loads.Select(_ => PacketServer.All.Select(_ => new List<(double Without, double Counting)>()).ToArray()).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                // Whichever comes first in one round comes second in the next.
                var one = Measure(layout, round % 2 == 1, loads, slice);
                var other = Measure(layout, round % 2 == 0, loads, slice);
                for (var i = 0; i < loads.Length; i++)
                {
                    for (var at = 0; at < PacketServer.All.Count; at++)
                    {
                        rates[i][at].Add(round % 2 == 1 ? (other[i][at], one[i][at]) : (one[i][at], other[i][at]));
                    }
                }
            }

            layout.Clear();
            for (var i = 0; i < loads.Length; i++)
            {
                for (var at = 0; at < PacketServer.All.Count; at++)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {layout.Name} | {loads[i].Name} | {PacketServer.All[at].Policies} "
                        + $"| {new Spread(rates[i][at].Select(one => one.Without)).Median:N0} | {new Spread(rates[i][at].Select(one => one.Counting)).Median:N0} "
                        + $"| {new Spread(rates[i][at].Select(one => one.Counting / one.Without))} |"));
                }
            }
        }
    }

    /// <returns>By load, the rates of the servers.</returns>
    private static double[][] Measure(
        RoutingLayout layout, bool counts, (string Name, Func<PacketServer, TimeSpan, double> Measure)[] loads, TimeSpan slice)
    {
        layout.CountsRules = counts;
        layout.Apply();
        return [.. loads.Select(load =>
        {
            load.Measure(PacketServer.All[0], slice); // the first packets after a change
            return PacketServer.All.Select(server => load.Measure(server, slice)).ToArray();
        })];
    }
}
