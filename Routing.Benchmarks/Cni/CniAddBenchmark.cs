using System.Net;
using Routing.Agent.Namespaces;

namespace Routing.Benchmarks.Cni;

/// <summary>`cni-add`: our ADD and DEL beside Debian's ptp with host-local, in the same run and taking turns, each a
/// whole plugin process as kubelet's runtime starts it.</summary>
internal static class CniAddBenchmark
{
    private const string Ptp = "/usr/lib/cni/ptp";
    private const int WarmUps = 20;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments is [var text, ..] && int.TryParse(text, out var number) ? number : 200;
        var shim = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Routing.Agent/bin/Release/net10.0/routing-cni"));
        foreach (var needed in new[] { Ptp, shim })
        {
            if (!File.Exists(needed))
            {
                Console.Error.WriteLine($"{needed} is missing; `apt install containernetworking-plugins` and "
                    + "`dotnet build -c Release Routing.sln` make what cni-add needs");
                return 2;
            }
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("cni-add makes network namespaces; run it as root");
            return 2;
        }

        // Both plugins work on the namespace their caller is in, so the whole run gets one of its own.
        if (!OwnNamespaces.AreEntered)
        {
            return await OwnNamespaces.RunAsync(["cni-add", .. arguments]);
        }

        var folder = Directory.CreateTempSubdirectory("cni-add").FullName;
        try
        {
            Console.WriteLine("| what | families | median ms | p99 ms |");
            Console.WriteLine("|---|---|---|---|");
            await CompareAsync(shim, folder, "IPv4", rounds);
            await CompareAsync(shim, folder, "IPv4 and IPv6", Math.Max(5, rounds / 20));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string shim, string folder, string families, int rounds)
    {
        var dual = families != "IPv4";
        var state = Directory.CreateDirectory(Path.Combine(folder, dual ? "dual" : "single")).FullName;
        IPNetwork[] cidrs = dual ? [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00:1::/64")] : [IPNetwork.Parse("10.1.0.0/16")];
        await using var policy = await BenchmarkPolicy.StartAsync(BenchmarkCluster.ReadManifests(state));
        await using var node = new BenchmarkNode(state, cidrs, policy);
        var ours = new PluginProcess(shim, $$"""{"cniVersion": "1.0.0", "name": "ours", "type": "routing-cni", "socket": "{{node.Socket}}"}""");
        var theirs = new PluginProcess(Ptp, PtpConfig(state, dual));
        var (oursAdd, oursDel, theirsAdd, theirsDel) = (new Samples(), new Samples(), new Samples(), new Samples());
        for (var round = -WarmUps; round < rounds; round++)
        {
            // Whoever goes second finds warmer caches; so they take turns.
            var name = $"bench{Environment.ProcessId}-{round + WarmUps}";
            await policy.OnScheduledAsync(name);
            var first = round % 2 == 0;
            Once(first ? ours : theirs, first ? oursAdd : theirsAdd, first ? oursDel : theirsDel, name, round >= 0);
            Once(first ? theirs : ours, first ? theirsAdd : oursAdd, first ? theirsDel : oursDel, name, round >= 0);
        }

        Print("routing-cni ADD", families, oursAdd);
        Print("ptp + host-local ADD", families, theirsAdd);
        Print("routing-cni DEL", families, oursDel);
        Print("ptp + host-local DEL", families, theirsDel);
        Console.WriteLine($"ADD takes {oursAdd.Median / theirsAdd.Median:F2} of ptp's median, {oursAdd.P99 / theirsAdd.P99:F2} of its p99; "
            + $"DEL {oursDel.Median / theirsDel.Median:F2} ({rounds} rounds)");
    }

    private static void Once(PluginProcess plugin, Samples add, Samples del, string name, bool counts)
    {
        using var pod = NetworkNamespace.Create(name);
        try
        {
            var added = plugin.Run("ADD", name, pod.Path);
            var deleted = plugin.Run("DEL", name, pod.Path);
            if (counts)
            {
                add.Add(added);
                del.Add(deleted);
            }
        }
        finally
        {
            NetworkNamespace.Delete(name);
        }
    }

    private static string PtpConfig(string folder, bool dual)
    {
        var ranges = dual ? """[{"subnet": "10.2.0.0/16"}], [{"subnet": "fd00:2::/64"}]""" : """[{"subnet": "10.2.0.0/16"}]""";
        var routes = dual ? """{"dst": "0.0.0.0/0"}, {"dst": "::/0"}""" : """{"dst": "0.0.0.0/0"}""";
        return $$$"""
            {"cniVersion": "1.0.0", "name": "theirs", "type": "ptp", "ipMasq": false, "ipam": {"type": "host-local",
             "dataDir": "{{{folder}}}/host-local", "ranges": [{{{ranges}}}], "routes": [{{{routes}}}]}}
            """;
    }

    private static void Print(string what, string families, Samples samples) =>
        Console.WriteLine($"| {what} | {families} | {samples.Median:F2} | {samples.P99:F2} |");
}
