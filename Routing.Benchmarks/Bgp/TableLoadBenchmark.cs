using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Routing.Benchmarks.Bgp;

/// <summary>One peer sends a table, another receives it: `routing bgp serve` beside BIRD in the same run. Time runs from the
/// first octet sent to the last prefix received; memory is the process's resident set when all has arrived.</summary>
internal static class TableLoadBenchmark
{
    private const int Port = 11790;

    private static readonly IPAddress Speaker = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Sender = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Receiver = IPAddress.Parse("127.0.0.3");
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Runs `bgp-load [PREFIXES [ROUNDS]]`.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var prefixes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine($"{prefixes} prefixes, one sender, one receiver; {Environment.ProcessorCount} processors");
        var feed = RouteFeed.Encode(prefixes, 65001, Sender.GetAddressBytes());
        for (var round = 0; round < rounds; round++)
        {
            await MeasureAsync("routing", StartRouting, prefixes, feed);
            await MeasureAsync("bird", StartBird, prefixes, feed);
        }

        return 0;
    }

    private static async Task MeasureAsync(string name, Func<string, Process?> start, int prefixes, byte[] feed)
    {
        var folder = Directory.CreateTempSubdirectory("routing-bench-").FullName;
        using var process = start(folder);
        if (process is null)
        {
            Console.WriteLine($"{name,-8} not installed");
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var speaker = new IPEndPoint(Speaker, Port);
            using var receiver = await BgpEndpoint.ConnectAsync(Receiver, speaker, 65002, deadline.Token);
            using var sender = await BgpEndpoint.ConnectAsync(Sender, speaker, 65001, deadline.Token);
            var clock = Stopwatch.StartNew();
            var received = receiver.ReadPrefixesAsync(prefixes, deadline.Token);
            await sender.SendAsync(feed, deadline.Token);
            var updates = await received;
            var seconds = clock.Elapsed.TotalSeconds;
            process.Refresh();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8} {seconds,7:F3} s {prefixes / seconds,10:F0} prefixes/s {process.WorkingSet64 >> 20,6} MiB {updates,8} updates"));
        }
        catch (EndOfStreamException e)
        {
            process.Kill();
            Console.WriteLine($"{name,-8} {e.Message}: {await process.StandardOutput.ReadToEndAsync()}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process? StartRouting(string folder)
    {
        var config = Path.Combine(folder, "bgp.yaml");
        File.WriteAllText(config, $$"""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec: {asNumber: 65000, routerID: {{Speaker}}, listenAddresses: [{{Speaker}}], listenPort: {{Port}}}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: sender}
            spec: {peerIP: {{Sender}}, asNumber: 65001, passive: true, families: [ipv4]}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: receiver}
            spec: {peerIP: {{Receiver}}, asNumber: 65002, passive: true, families: [ipv4]}
            """);
        return Start(Path.Combine(AppContext.BaseDirectory, "routing"), "bgp", "serve", "--config", config, "--log-level", "Warning");
    }

    private static Process? StartBird(string folder)
    {
        var config = Path.Combine(folder, "bird.conf");
        File.WriteAllText(config, $$"""
            router id {{Speaker}};
            protocol device { }
            {{Neighbor("sender", Sender, 65001)}}
            {{Neighbor("receiver", Receiver, 65002)}}
            """);
        return File.Exists("/usr/sbin/bird")
            ? Start("/usr/sbin/bird", "-f", "-c", config, "-s", Path.Combine(folder, "bird.ctl"))
            : null;
    }

    private static string Neighbor(string name, IPAddress address, int asn) => $$"""
        protocol bgp {{name}} {
          local {{Speaker}} port {{Port}} as 65000;
          neighbor {{address}} as {{asn}};
          passive on; multihop;
          ipv4 { import all; export all; };
        }
        """;

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
