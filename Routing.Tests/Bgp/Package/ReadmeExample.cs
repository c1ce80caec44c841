using System.Net;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Package;

/// <summary>The example of the package's README, word for word between the marks, which a test compares.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(string[] args)
    {
        // README begins
        var neighbor = IPEndPoint.Parse(args[0]); // such as 192.0.2.254:179
        var transport = new TransportOptions { Port = neighbor.Port };
        await using var speaker = new BgpSpeaker(
            new SpeakerConfig
            {
                Asn = 65001,
                RouterId = IPAddress.Parse("192.0.2.1"),
                Peers = [new() { Name = "tor", Asn = 65000, Address = neighbor.Address, Transport = transport }],
                Originate = [Prefix.Parse("10.1.0.0/24")],
            },
            change => Console.WriteLine($"{change.Prefix} via {string.Join(", ", change.NextHops)}"));
        await speaker.StartAsync(CancellationToken.None);
        Console.ReadLine();
        await speaker.StopAsync(CancellationToken.None);
        // README ends
    }

    /// <summary>In the place of the process's own, which the tests share.</summary>
    internal static class Console
    {
        private static readonly SemaphoreSlim Enter = new(0);

        public static event Action<string>? Written;

        public static void WriteLine(string line) => Written?.Invoke(line);

        public static void ReadLine() => Enter.Wait();

        public static void PressEnter() => Enter.Release();
    }
}
