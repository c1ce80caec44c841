using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;

namespace Routing.Tests.Netns;

/// <summary>A host endpoint by address follows the address from interface to interface of a real kernel.</summary>
[Category("Netns")]
public sealed class HostInterfaceFeedTests
{
    [Test]
    public async Task A_host_endpoint_follows_its_address()
    {
        using var node = TestNamespace.Create("node");
        using var other = TestNamespace.Create("other");
        node.Connect(other, "eth0", "a");
        node.Connect(other, "eth1", "b");
        node.Connect(other, "rt00000000000a", "c");
        node.Ip("addr", "add", "192.0.2.1/24", "dev", "eth0");

        using var monitor = RouteMonitor.Open(node.Inner, RouteGroups.Links | RouteGroups.Addresses);
        using var netlink = node.OpenRouteNetlink();
        using var metrics = new AgentMetrics();
        using var log = new LogLines();
        var loop = new DataplaneLoop(
            new NodePolicy("n1"), new FakeRulesetApplier(), new FakePodLookup(), new DataplaneOptions { CoalesceLeast = TimeSpan.Zero },
            metrics, TimeProvider.System, log.Factory.CreateLogger<DataplaneLoop>());
        var feed = new HostInterfaceFeed(netlink, loop, TimeProvider.System, NullLogger<HostInterfaceFeed>.Instance);
        feed.Restore();
        Assert.That(HostInterfaceFeed.Read(netlink).Select(one => one.Name), Is.EqualTo(new[] { "eth0", "eth1", "lo" }), "no pod's");

        using var stop = new CancellationTokenSource();
        var fib = new FibLoop(
            netlink, new DirectNextHopResolver(), new FibOptions(), metrics, TimeProvider.System, NullLogger<FibLoop>.Instance);
        Task[] running =
        [
            loop.RunAsync(stop.Token), feed.RunAsync(stop.Token),
            KernelEvents.PumpAsync(monitor.Events, fib, interior: null, feed, stop.Token),
        ];
        foreach (var input in PolicyInputs.All)
        {
            await loop.OnChangeAsync(input, isFullList: true, _ => { }, stop.Token);
        }

        await loop.OnChangeAsync(PolicyInputs.Pods, isFullList: false, policy => policy.UpsertHostEndpoint(new HostEndpointView
        {
            Name = "edge", NodeName = "n1", Addresses = [Address.From(IPAddress.Parse("192.0.2.1"))],
        }), stop.Token);
        await BecomesAsync("eth0");
        node.Ip("addr", "del", "192.0.2.1/24", "dev", "eth0");
        await BecomesAsync("");
        node.Ip("addr", "add", "192.0.2.1/24", "dev", "eth1");
        await BecomesAsync("eth1");
        Assert.That(log.Lines.Where(line => line.Contains("HostEndpoint edge", StringComparison.Ordinal)), Has.Exactly(3).Items);

        await stop.CancelAsync();
        Assert.That(async () => await Task.WhenAll(running), Throws.InstanceOf<OperationCanceledException>());

        Task BecomesAsync(string wanted) => Until.TrueAsync($"the host endpoint is '{wanted}'", async () =>
            string.Join(
                ',', (await loop.ReadAsync(policy => policy.HostEndpoints(), stop.Token)).SelectMany(one => one.Interfaces)) == wanted);
    }
}
