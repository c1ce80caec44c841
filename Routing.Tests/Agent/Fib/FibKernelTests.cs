using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.Fib;

/// <summary>The FIB loop against a real kernel; `ip route` is the oracle.</summary>
[Category("Netns")]
public sealed class FibKernelTests
{
    private static readonly IPAddress Tor4 = IPAddress.Parse("172.30.1.1");
    private static readonly IPAddress OtherTor4 = IPAddress.Parse("172.30.2.1");
    private static readonly IPAddress Tor6 = IPAddress.Parse("fd00:30:1::1");
    private static readonly IPAddress OtherTor6 = IPAddress.Parse("fd00:30:2::1");

    private TestNamespace _node = null!;
    private TestNamespace _tor = null!;
    private AgentMetrics _metrics = null!;

    [SetUp]
    public void SetUp()
    {
        (_node, _tor, _metrics) = (TestNamespace.Create("node"), TestNamespace.Create("tor"), new AgentMetrics());
        _node.Connect(_tor, "uplink1", "node1");
        _node.Connect(_tor, "uplink2", "node2");
        _node.Ip("addr", "add", "172.30.1.2/30", "dev", "uplink1");
        _node.Ip("addr", "add", "172.30.2.2/30", "dev", "uplink2");
        _node.Ip("addr", "add", "fd00:30:1::2/126", "dev", "uplink1", "nodad");
        _node.Ip("addr", "add", "fd00:30:2::2/126", "dev", "uplink2", "nodad");
    }

    [TearDown]
    public void TearDown()
    {
        _metrics.Dispose();
        _tor.Dispose();
        _node.Dispose();
    }

    [Test]
    public async Task One_and_several_next_hops_of_both_families_change_in_place()
    {
        await using var run = new Run(this);
        run.Learn("10.2.0.0/26", Tor4);
        run.Learn("fd00:2::/64", Tor6);
        await run.ShowsAsync("10.2.0.0/26 via 172.30.1.1 dev uplink1 metric 1114",
            "fd00:2::/64 via fd00:30:1::1 dev uplink1 metric 1114 pref medium");
        run.Learn("10.2.0.0/26", Tor4, OtherTor4);
        run.Learn("fd00:2::/64", Tor6, OtherTor6);
        await Until.TrueAsync(
            "both ways are there",
            () => Hops("10.2.0.0/26") == "172.30.1.1 172.30.2.1" && Hops("fd00:2::/64") == "fd00:30:1::1 fd00:30:2::1");
        run.Learn("10.2.0.0/26", OtherTor4);
        run.Learn("fd00:2::/64", OtherTor6);
        await run.ShowsAsync("10.2.0.0/26 via 172.30.2.1 dev uplink2 metric 1114",
            "fd00:2::/64 via fd00:30:2::1 dev uplink2 metric 1114 pref medium");
        run.Learn("10.2.0.0/26");
        run.Learn("fd00:2::/64");
        await run.ShowsAsync();
    }

    [Test]
    public async Task Ways_have_the_weights_of_their_link_bandwidths()
    {
        await using var run = new Run(this);
        run.Fib.OnBestPaths([
            new BestPathChange(Prefix("10.2.0.0/26"), [Tor4, OtherTor4], IsLocal: false) { Weights = [25, 100] },
            new BestPathChange(Prefix("fd00:2::/64"), [Tor6, OtherTor6], IsLocal: false) { Weights = [25, 100] },
        ]);
        await Until.TrueAsync(
            "both ways have their weights",
            () => Weights("10.2.0.0/26") == "172.30.1.1 25, 172.30.2.1 100"
                && Weights("fd00:2::/64") == "fd00:30:1::1 25, fd00:30:2::1 100");
        run.Learn("10.2.0.0/26", Tor4, OtherTor4);
        await Until.TrueAsync("they share alike", () => Weights("10.2.0.0/26") == "172.30.1.1 1, 172.30.2.1 1");
        Assert.That(run.Fib.Status.Pending, Is.Zero, "what the kernel shows is what was wanted");
    }

    [Test]
    public async Task Routes_of_an_operator_to_the_same_prefix_win_and_are_not_touched()
    {
        _node.Ip("route", "add", "10.2.0.0/26", "via", "172.30.2.1");
        _node.Ip("route", "add", "default", "via", "172.30.2.1");
        _node.Ip("-6", "route", "add", "fd00:2::/64", "via", "fd00:30:2::1");
        var before = Foreign();
        await using (var run = new Run(this))
        {
            run.Learn("10.2.0.0/26", Tor4);
            run.Learn("0.0.0.0/0", Tor4);
            run.Learn("fd00:2::/64", Tor6);
            await Until.TrueAsync("ours are installed beside", () => Own().Length == 3);
            Assert.That(_node.Ip("route", "get", "10.2.0.1"), Does.Contain("via 172.30.2.1"));
            Assert.That(_node.Ip("-6", "route", "get", "fd00:2::1"), Does.Contain("via fd00:30:2::1"));
            run.Learn("10.2.0.0/26");
            run.Learn("0.0.0.0/0");
            run.Learn("fd00:2::/64");
            await run.ShowsAsync();
        }

        Assert.That(Foreign(), Is.EqualTo(before));
    }

    [TestCase("route", "del", "10.2.0.0/26", "proto", "114")]
    [TestCase("route", "change", "10.2.0.0/26", "via", "172.30.2.1", "proto", "114", "metric", "1114")]
    [TestCase("route", "flush", "proto", "114")]
    [TestCase("link", "set", "uplink1", "down")]
    public async Task What_others_do_to_our_routes_is_repaired(params string[] damage)
    {
        await using var run = new Run(this);
        run.Fib.OnPodCidrs([Prefix("10.1.0.0/26")]);
        run.Learn("10.2.0.0/26", Tor4);
        string[] expected =
        [
            "10.2.0.0/26 via 172.30.1.1 dev uplink1 metric 1114",
            "unreachable 10.1.0.0/26 metric 1114",
        ];
        await run.ShowsAsync(expected);
        _node.Ip(damage);
        if (damage[0] == "link")
        {
            await Until.TrueAsync("it cannot be repaired now", () =>
                run.Fib.Status is { Pending: 1, LastError: not null });
            _node.Ip("link", "set", "uplink1", "up");
        }

        await run.ShowsAsync(expected);
        await Until.TrueAsync("all is well", () => run.Fib.Status is { Pending: 0, LastError: null });
    }

    [Test]
    public async Task A_restart_keeps_every_route_until_convergence_and_then_removes_the_stale_ones_only()
    {
        await using (var first = new Run(this))
        {
            first.Fib.OnPodCidrs([Prefix("10.1.0.0/26"), Prefix("fd00:1::/64")]);
            first.Learn("10.2.0.0/26", Tor4, OtherTor4);
            first.Learn("10.3.0.0/26", Tor4);
            first.Learn("fd00:2::/64", Tor6, OtherTor6);
            first.Learn("fd00:3::/64", Tor6);
            await Until.TrueAsync("all are installed", () => Own().Length == 6);
        }

        var before = Own();
        await using var second = new Run(this);
        Assert.That(second.Fib.InheritedRoutes, Is.True);
        using var monitor = RouteMonitor.Open(_node.Inner, RouteGroups.Routes);
        second.Fib.OnPodCidrs([Prefix("10.1.0.0/26"), Prefix("fd00:1::/64")]);
        second.Learn("fd00:2::/64", OtherTor6, Tor6); // the order of equal ways says nothing
        second.Learn("10.2.0.0/26", OtherTor4, Tor4);
        second.Learn("fd00:4::/64", Tor6);
        await Until.TrueAsync("the new one is there", () => Own().Length == 7);
        Assert.That(Own(), Is.SupersetOf(before));
        second.Fib.OnConverged(AfiSafi.IPv4Unicast);
        second.Fib.OnConverged(AfiSafi.IPv6Unicast);
        await Until.TrueAsync("the stale ones are gone", () => Own().Length == 5);
        var changes = new List<string>();
        while (monitor.Events.TryRead(out var each))
        {
            // The kernel's own for a link-local address comes when nobody else turned out to have it, a second or more after the link.
            if (each is RouteEvent.RouteChanged { Route: var route, Deleted: var deleted } && !route.Destination.BaseAddress.IsIPv6LinkLocal)
            {
                changes.Add($"{(deleted ? "-" : "+")} {route.Destination}");
            }
        }

        Assert.That(changes.Order(), Is.EqualTo(new[] { "+ fd00:4::/64", "- 10.3.0.0/26", "- fd00:3::/64" }.Order()));
    }

    [Test]
    public async Task A_next_hop_that_cannot_be_reached_does_not_hold_up_others()
    {
        await using var run = new Run(this);
        run.Learn("10.2.0.0/26", IPAddress.Parse("192.0.2.1"));
        run.Learn("10.3.0.0/26", Tor4);
        await run.ShowsAsync("10.3.0.0/26 via 172.30.1.1 dev uplink1 metric 1114");
        Assert.That(run.Fib.Status.LastError, Does.Contain("10.2.0.0/26 via 192.0.2.1"));
        _node.Ip("addr", "add", "192.0.2.2/24", "dev", "uplink1");
        await run.ShowsAsync("10.2.0.0/26 via 192.0.2.1 dev uplink1 metric 1114",
            "10.3.0.0/26 via 172.30.1.1 dev uplink1 metric 1114");
    }

    private static Prefix Prefix(string text) => Routing.Bgp.Wire.Nlri.Prefix.FromNetwork(IPNetwork.Parse(text));

    private string[] Own() => [.. (_node.Ip("-o", "route", "show", "proto", "114") + _node.Ip("-o", "-6", "route",
        "show", "proto", "114"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private string Foreign() => string.Join('\n', (_node.Ip("route") + _node.Ip("-6", "route")).Split('\n')
        .Where(line => !line.Contains("proto 114", StringComparison.Ordinal)));

    private string Weights(string destination)
    {
        string[] family = destination.Contains(':', StringComparison.Ordinal) ? ["-6"] : [];
        using var routes = JsonDocument.Parse(_node.Ip([.. family, "-j", "route", "show", destination, "proto", "114"]));
        return string.Join(", ", routes.RootElement.EnumerateArray()
            .Where(route => route.TryGetProperty("nexthops", out _))
            .SelectMany(route => route.GetProperty("nexthops").EnumerateArray())
            .Select(hop => $"{hop.GetProperty("gateway").GetString()} {hop.GetProperty("weight").GetInt32()}")
            .Order(StringComparer.Ordinal));
    }

    private string Hops(string destination)
    {
        string[] family = destination.Contains(':', StringComparison.Ordinal) ? ["-6"] : [];
        var words = _node.Ip([.. family, "-o", "route", "show", destination, "proto", "114"]).Split(' ');
        return string.Join(' ', words.Index().Where(word => word.Item == "via").Select(word => words[word.Index + 1])
            .Order(StringComparer.Ordinal));
    }

    /// <summary>A life of the FIB loop in the node, with its monitor.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly FibKernelTests _test;
        private readonly RouteMonitor _monitor;
        private readonly RouteNetlink _netlink;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Run(FibKernelTests test)
        {
            _test = test;
            _monitor = RouteMonitor.Open(test._node.Inner, RouteGroups.Routes | RouteGroups.Links);
            _netlink = test._node.OpenRouteNetlink();
            Fib = new FibLoop(_netlink, new DirectNextHopResolver(),
                new FibOptions { RetryGreatest = TimeSpan.FromSeconds(1) },
                test._metrics, TimeProvider.System, NullLogger<FibLoop>.Instance);
            _running = Task.WhenAll(
                Task.Run(() => Fib.RunAsync(_stop.Token)), KernelEvents.PumpAsync(_monitor.Events, Fib, interior: null, hosts: null, _stop.Token));
        }

        public FibLoop Fib { get; }

        public void Learn(string prefix, params IPAddress[] nextHops) =>
            Fib.OnBestPaths([new BestPathChange(Prefix(prefix), [.. nextHops], IsLocal: false)]);

        public Task ShowsAsync(params string[] routes) => Until.TrueAsync(
            $"the kernel holds:\n{string.Join('\n', routes)}",
            () => _test.Own().Select(line => line.Trim()).SequenceEqual(routes));

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ContinueWith(_ => { }, TaskScheduler.Default);
            _stop.Dispose();
            _netlink.Dispose();
            _monitor.Dispose();
        }
    }
}
