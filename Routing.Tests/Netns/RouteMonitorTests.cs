using System.Net;
using System.Net.NetworkInformation;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class RouteMonitorTests
{
    private static readonly IPNetwork Late = IPNetwork.Parse("192.0.0.0/16");

    private static readonly RouteGroups All =
        RouteGroups.Links | RouteGroups.Addresses | RouteGroups.Routes | RouteGroups.Neighbours;

    [Test]
    [CancelAfter(120_000)]
    public async Task What_the_ip_command_does_arrives_in_order(CancellationToken cancellationToken)
    {
        using var node = TestNamespace.Create("node");
        using var pod = TestNamespace.Create("pod");
        var link = node.Connect(pod, "rt0", "eth0");
        using var monitor = RouteMonitor.Open(node.Inner, All);

        node.Ip("addr", "add", "172.30.1.2/24", "dev", "rt0");
        node.Ip("route", "add", "10.1.0.0/26", "via", "172.30.1.1", "proto", "114");
        node.Ip("route", "add", "fd00:1::/64", "dev", "rt0", "proto", "115");
        node.Ip("neigh", "replace", "172.30.1.1", "lladdr", "02:00:00:00:00:07", "dev", "rt0", "nud", "permanent");
        node.Ip("route", "del", "10.1.0.0/26");
        node.Ip("link", "del", "rt0");

        var gatewayRoute = new RouteEntry(
            IPNetwork.Parse("10.1.0.0/26"), [new RouteNextHop(IPAddress.Parse("172.30.1.1"), link.IfIndex)]);
        var directRoute = new RouteEntry(IPNetwork.Parse("fd00:1::/64"), [new RouteNextHop(null, link.IfIndex)])
        {
            Protocol = RouteProtocol.RoutingPod, Metric = 1024,
        };
        RouteEvent[] expected =
        [
            new RouteEvent.AddressChanged(new InterfaceAddress(link.IfIndex, IPAddress.Parse("172.30.1.2"), 24), false),
            new RouteEvent.RouteChanged(gatewayRoute, false),
            new RouteEvent.RouteChanged(directRoute, false),
            new RouteEvent.NeighbourChanged(
                new Neighbour(link.IfIndex, IPAddress.Parse("172.30.1.1"), PhysicalAddress.Parse("02-00-00-00-00-07")),
                false),
            new RouteEvent.RouteChanged(gatewayRoute, true),
        ];
        var seen = new List<RouteEvent>();
        await foreach (var happened in monitor.Events.ReadAllAsync(cancellationToken))
        {
            seen.Add(happened);
            if (happened is RouteEvent.LinkChanged { Deleted: true, Link.Name: "rt0" })
            {
                break;
            }
        }

        Assert.That(seen.Where(expected.Contains), Is.EqualTo(expected));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_reader_that_is_too_slow_is_told_where_events_are_missing(CancellationToken cancellationToken)
    {
        using var node = TestNamespace.Create("node");
        using var monitor = RouteMonitor.Open(node.Inner, RouteGroups.Routes, capacity: 8, receiveBuffer: 4096);
        using var netlink = node.OpenRouteNetlink();
        var routes = Enumerable.Range(0, 500).Select(i => new RouteChange.PutRoute(
            new RouteEntry(new IPNetwork(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24), [])
            { Type = RouteType.Blackhole }));

        netlink.ApplyAll([.. routes]);

        var before = 0;
        await foreach (var happened in monitor.Events.ReadAllAsync(cancellationToken))
        {
            if (happened is RouteEvent.Overrun)
            {
                break;
            }

            before++;
        }

        Assert.That(before, Is.InRange(1, 499));
        var late = (byte)0;
        PutLate();
        await foreach (var happened in monitor.Events.ReadAllAsync(cancellationToken))
        {
            switch (happened)
            {
                case RouteEvent.RouteChanged { Route.Destination: var destination } when Late.Contains(destination.BaseAddress):
                    return; // the stream goes on after the gap
                case RouteEvent.Overrun:
                    PutLate(); // what was in the kernel's buffer still left no room for the last one
                    break;
            }
        }

        Assert.Fail("The monitor ended.");

        void PutLate() => netlink.ApplyAll(new RouteChange.PutRoute(
            new RouteEntry(new IPNetwork(new IPAddress([192, 0, late++, 0]), 24), []) { Type = RouteType.Blackhole }));
    }

    [Test]
    public void A_monitor_whose_reader_is_stuck_can_be_closed()
    {
        using var node = TestNamespace.Create("node");
        using var netlink = node.OpenRouteNetlink();
        var monitor = RouteMonitor.Open(node.Inner, RouteGroups.Routes, capacity: 1);
        netlink.ApplyAll([.. Enumerable.Range(0, 50).Select(i => new RouteChange.PutRoute(
            new RouteEntry(new IPNetwork(new IPAddress([10, 0, (byte)i, 0]), 24), [])
            { Type = RouteType.Blackhole }))]);

        var closing = Task.Run(monitor.Dispose);

        Assert.That(closing.Wait(TimeSpan.FromSeconds(60)), "Dispose returns");
    }
}
