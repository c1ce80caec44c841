using System.Net;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Netlink.Route;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.Fib;

/// <summary>The main table's foreign routes, followed by events.</summary>
[TestFixture]
internal sealed class InteriorTableTests
{
    private static readonly RouteEntry Near = Entry("192.0.2.0/24", "10.0.0.7", 20);

    [Test]
    public void An_event_changes_its_prefix_alone()
    {
        var table = new InteriorTable();
        table.Read([Near]);
        Assert.That(Changes(table), Is.EquivalentTo(new[] { "192.0.2.0/24 10.0.0.7 20" }));
        Assert.That(table.TryApply(Happened(Entry("198.51.100.0/24", "10.0.0.8", 10))));
        Assert.That(table.TryApply(Happened(Entry("192.0.2.0/24", "10.0.0.9", 5))));
        Assert.That(Changes(table), Is.EquivalentTo(new[] { "198.51.100.0/24 10.0.0.8 10", "192.0.2.0/24 10.0.0.9 5" }));
        Assert.That(table.TryApply(Happened(Entry("192.0.2.0/24", "10.0.0.9", 5), deleted: true)));
        Assert.That(table.TryApply(Happened(Entry("198.51.100.0/24", "10.0.0.8", 10), deleted: true)));
        Assert.That(
            Changes(table), Is.EquivalentTo(new[] { "198.51.100.0/24 gone", "192.0.2.0/24 10.0.0.7 20" }), "the next cheapest counts");
        Assert.That(Changes(table), Is.Empty);
    }

    [Test]
    public void What_came_and_went_is_no_change()
    {
        var table = new InteriorTable();
        table.Read([]);
        table.TryApply(Happened(Near));
        table.TryApply(Happened(Near, deleted: true));
        Assert.That(Changes(table), Is.Empty);
        Assert.That(table.Routes.Select(route => $"{route.Prefix}"), Is.EqualTo(new[] { "127.0.0.0/8" }), "this host");
    }

    [Test]
    public void Where_an_event_leaves_something_open_the_table_has_to_be_read()
    {
        var table = new InteriorTable();
        table.Read([Near]);
        Assert.That(table.TryApply(Happened(Near)), "known already");
        var other = Entry("192.0.2.0/24", "10.0.0.8", 20);
        Assert.That(table.TryApply(Happened(other)), Is.False, "before or behind the one of the same metric");
        Assert.That(table.TryApply(Happened(other, deleted: true)), Is.False, "not known: what is left is not said");
        Assert.That(table.TryApply(Happened(other) with { Replaces = true }));
        Assert.That(Changes(table), Is.EquivalentTo(new[] { "192.0.2.0/24 10.0.0.8 20" }));
        var link = Entry("10.0.0.0/24", null, 0) with { Protocol = RouteProtocol.Kernel };
        Assert.That(table.TryApply(Happened(link)));
        Assert.That(table.TryApply(Happened(link, deleted: true)), Is.False, "the address went, and others may have gone with it");
    }

    [Test]
    public void Routes_of_BGP_and_of_other_tables_are_none_of_these()
    {
        var table = new InteriorTable();
        Assert.That(table.TryApply(Happened(Near with { Protocol = RouteProtocol.Routing })));
        Assert.That(table.TryApply(Happened(Near with { Table = 100 })));
        Assert.That(Changes(table), Is.Empty);
    }

    /// <summary>`ip` does what comes to its mind; the events say the same as the table in the end.</summary>
    [Test]
    [Category("Netns")]
    [CancelAfter(120_000)]
    public async Task Events_and_the_kernel_s_table_agree([Values(1, 2, 3)] int seed, CancellationToken cancellationToken)
    {
        using var node = TestNamespace.Create("node");
        using var peer = TestNamespace.Create("peer");
        node.Connect(peer, "eth0", "eth0");
        node.Ip("addr", "add", "10.0.0.1/24", "dev", "eth0");
        node.Ip("addr", "add", "fd00::1/64", "dev", "eth0", "nodad");
        using var monitor = RouteMonitor.Open(node.Inner, RouteGroups.Routes | RouteGroups.Links);
        using var netlink = node.OpenRouteNetlink();
        var table = new InteriorTable();
        Read(table);

        var random = new Random(seed);
        var commands = Enumerable.Range(0, 150).Select(_ => Something(random) + "; ");
        node.Run("sh", "-c", $"exec 2>/dev/null; {string.Concat(commands)} ip link add done type veth");
        var (events, readings) = (0, 0);
        await foreach (var happened in monitor.Events.ReadAllAsync(cancellationToken))
        {
            if (happened is RouteEvent.LinkChanged { Link.Name: "done" })
            {
                break;
            }

            if (happened is RouteEvent.RouteChanged route)
            {
                events++;
                if (!table.TryApply(route))
                {
                    readings++;
                    Read(table);
                }
            }
        }

        var expected = new InteriorTable();
        Read(expected);
        TestContext.Out.WriteLine($"{events} events, {readings} readings");
        Assert.That(table.Routes, Is.EquivalentTo(expected.Routes));
        Assert.That(events, Is.GreaterThan(60));

        void Read(InteriorTable into) => into.Read(netlink.ListRoutes(new RouteFilter(Table: OwnershipPolicy.Table)));
    }

    /// <summary>A command that the kernel may refuse, as the route is there already, or is not.</summary>
    private static string Something(Random random)
    {
        var isIPv6 = random.Next(3) == 0;
        var prefix = isIPv6 ? $"fd0{random.Next(1, 4)}::/32" : $"10.{random.Next(1, 5)}.0.0/16";
        var gateway = isIPv6 ? $"fd00::{random.Next(2, 5)}" : $"10.0.0.{random.Next(2, 5)}";
        string[] verbs = ["add", "add", "replace", "append", "change", "del", "del"];
        return $"ip route {verbs[random.Next(verbs.Length)]} {prefix} via {gateway} metric {random.Next(1, 3) * 10}";
    }

    private static string[] Changes(InteriorTable table) =>
    [
        .. table.TakeChanges().Select(change => change.Route is { } route
            ? $"{change.Prefix} {string.Join(' ', route.Gateways)} {route.Cost}"
            : $"{change.Prefix} gone"),
    ];

    private static RouteEvent.RouteChanged Happened(RouteEntry route, bool deleted = false) => new(route, deleted);

    private static RouteEntry Entry(string prefix, string? gateway, uint metric) => new(
        IPNetwork.Parse(prefix), [new RouteNextHop(gateway is null ? null : IPAddress.Parse(gateway), 2)])
    {
        Protocol = RouteProtocol.Static,
        Metric = metric,
    };
}
