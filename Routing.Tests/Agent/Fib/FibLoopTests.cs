using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Fib;

internal sealed class FibLoopTests
{
    private static readonly IPAddress Tor = IPAddress.Parse("172.30.1.1");
    private static readonly IPAddress OtherTor = IPAddress.Parse("172.30.2.1");

    private FakeRouteNetlink _kernel = null!;
    private ManualTime _time = null!;
    private AgentMetrics _metrics = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = Task.CompletedTask;

    [SetUp]
    public void SetUp() => (_kernel, _time, _metrics, _stop) = (new(), new(), new(), new());

    [TearDown]
    public async Task TearDown()
    {
        await StopAsync();
        _stop.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public async Task Learned_routes_go_in_with_our_protocol_and_metric_and_out_again()
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        var route = Routes().Single();
        Assert.That((route.Protocol, route.Table, route.Metric), Is.EqualTo((RouteProtocol.Routing, 254u, 1114u)));
        Learn(fib, "10.2.0.0/26", Tor, OtherTor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1 via 172.30.2.1");
        Learn(fib, "10.2.0.0/26");
        await InKernelAsync();
    }

    [Test]
    public async Task A_metric_of_a_filter_is_the_routes_metric()
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        fib.OnBestPaths([new BestPathChange(Prefix("10.2.0.0/26"), [OtherTor], IsLocal: false) { Metric = 512 }]);
        await InKernelAsync("10.2.0.0/26 via 172.30.2.1");
        Assert.That(Routes().Single().Metric, Is.EqualTo(512), "to the kernel another route: the one before is gone");

        fib.OnSpeakerRestart();
        Learn(fib, "10.2.0.0/26", Tor);
        fib.OnConverged(AfiSafi.IPv4Unicast);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        Assert.That(Routes().Single().Metric, Is.EqualTo(1114));
        Learn(fib, "10.2.0.0/26");
        await InKernelAsync();
    }

    [Test]
    public async Task A_blackhole_drops_packets_until_the_prefix_is_routed_again() // RFC 7999 §3.1
    {
        var fib = Start();
        fib.OnBestPaths([new BestPathChange(Prefix("10.2.0.9/32"), [Tor], IsLocal: false) { IsBlackhole = true }]);
        await InKernelAsync("blackhole 10.2.0.9/32");
        Learn(fib, "10.2.0.9/32", Tor);
        await InKernelAsync("10.2.0.9/32 via 172.30.1.1");
    }

    [Test]
    public async Task A_prefix_we_originate_ourselves_is_not_installed_but_made_unreachable()
    {
        var fib = Start();
        fib.OnPodCidrs([Prefix("10.1.0.0/26"), Prefix("fd00:1::/64")]);
        Learn(fib, "10.1.0.0/26"); // local: no next hops
        Learn(fib, "10.1.0.5/32", Tor); // a peer claims one of our pods
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "unreachable 10.1.0.0/26", "unreachable fd00:1::/64");

        fib.OnPodCidrs([]);
        await InKernelAsync("10.1.0.5/32 via 172.30.1.1", "10.2.0.0/26 via 172.30.1.1");
    }

    [Test]
    public async Task Routes_of_an_earlier_agent_stay_until_their_family_has_converged()
    {
        PutOwn("10.2.0.0/26", Tor);
        PutOwn("10.3.0.0/26", Tor);
        PutOwn("fd00:3::/64", IPAddress.Parse("fd00::1"));
        var fib = Start();
        Assert.That(fib.InheritedRoutes, Is.True);
        Learn(fib, "10.2.0.0/26", Tor);
        Learn(fib, "10.4.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.3.0.0/26 via 172.30.1.1", "10.4.0.0/26 via 172.30.1.1",
            "fd00:3::/64 via fd00::1");
        Assert.That(_kernel.Changes, Has.Count.EqualTo(1), "what stood and is wanted was not written again");

        fib.OnConverged(AfiSafi.IPv4Unicast);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.4.0.0/26 via 172.30.1.1", "fd00:3::/64 via fd00::1");
        fib.OnConverged(AfiSafi.IPv6Unicast);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.4.0.0/26 via 172.30.1.1");
    }

    [Test]
    public async Task Routes_of_others_are_not_touched()
    {
        var operators = new RouteEntry(IPNetwork.Parse("10.2.0.0/26"), [new RouteNextHop(OtherTor)])
            { Protocol = RouteProtocol.Static };
        var pods = new RouteEntry(IPNetwork.Parse("10.1.0.2/32"), [new RouteNextHop(null, 1)])
            { Protocol = RouteProtocol.RoutingPod };
        _kernel.PutForeign(operators);
        _kernel.PutForeign(pods);
        var fib = Start();
        fib.OnConverged(AfiSafi.IPv4Unicast);
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        Learn(fib, "10.2.0.0/26");
        await InKernelAsync();
        Assert.That(_kernel.ListRoutes(new RouteFilter()), Is.EquivalentTo(new[] { operators, pods }));
    }

    [TestCase("remove")]
    [TestCase("change")]
    [TestCase("link")]
    [TestCase("overrun")]
    public async Task What_others_do_to_our_routes_is_repaired(string how)
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        Learn(fib, "10.3.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.3.0.0/26 via 172.30.1.1");
        var ours = Routes().First();
        var changed = ours with { NextHops = [new RouteNextHop(OtherTor)] };
        switch (how)
        {
            case "change":
                _kernel.PutForeign(changed);
                fib.OnKernelRoute(changed, deleted: false);
                break;
            case "remove":
                _kernel.RemoveForeign(ours);
                fib.OnKernelRoute(ours, deleted: true);
                break;
            default:
                _kernel.RemoveForeign(ours); // without an event
                fib.OnResyncDue();
                break;
        }

        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.3.0.0/26 via 172.30.1.1");
        Assert.That(_kernel.Changes, Has.Count.EqualTo(3), "only the one route was written again");
    }

    [Test]
    public async Task Our_own_changes_announced_by_the_kernel_change_nothing()
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        var asTheKernelShowsIt = Routes().Single() with { NextHops = [new RouteNextHop(Tor, IfIndex: 2)] };
        _kernel.FailNext(RouteOperation.ListRoutes); // a resync would be seen as an error
        fib.OnKernelRoute(asTheKernelShowsIt, deleted: false);
        Learn(fib, "10.3.0.0/26", Tor);
        await Until.TrueAsync("the next route", () => _kernel.Changes.Count == 2);
        Assert.That(fib.Status.LastError, Is.Null);
    }

    [TestCase(RouteOperation.PutRoute)]
    [TestCase(RouteOperation.RemoveRoute)]
    [TestCase(RouteOperation.ListRoutes)]
    public async Task A_refusal_is_tried_again_and_does_not_hold_up_others(RouteOperation operation)
    {
        PutOwn("10.9.0.0/26", Tor);
        var fib = Start();
        for (var i = 0; i < 12; i++)
        {
            _kernel.FailNext(operation); // more than the four wake-ups below can use up: the rest takes retries
        }

        Learn(fib, "10.2.0.0/26", Tor);
        Learn(fib, "10.3.0.0/26", Tor);
        fib.OnConverged(AfiSafi.IPv4Unicast);
        fib.OnResyncDue();
        await Until.TrueAsync("the refusal shows in the status", () => fib.Status.LastError is not null);
        await Until.TrueAsync(
            "the refusals end",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return fib.Status is { LastError: null, Pending: 0 };
            });
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.3.0.0/26 via 172.30.1.1");
        Assert.That(fib.Status.Pending, Is.Zero);
    }

    [Test]
    public async Task A_new_speaker_keeps_the_routes_of_the_one_before_until_it_has_converged()
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        Learn(fib, "10.3.0.0/26", Tor);
        fib.OnConverged(AfiSafi.IPv4Unicast);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1", "10.3.0.0/26 via 172.30.1.1");

        fib.OnSpeakerRestart();
        Learn(fib, "10.2.0.0/26", OtherTor);
        await InKernelAsync("10.2.0.0/26 via 172.30.2.1", "10.3.0.0/26 via 172.30.1.1");
        fib.OnConverged(AfiSafi.IPv4Unicast);
        await InKernelAsync("10.2.0.0/26 via 172.30.2.1");
    }

    [Test]
    public async Task Stopping_leaves_every_route()
    {
        var fib = Start();
        Learn(fib, "10.2.0.0/26", Tor);
        await InKernelAsync("10.2.0.0/26 via 172.30.1.1");
        await StopAsync();
        Assert.That(Text(), Is.EqualTo("10.2.0.0/26 via 172.30.1.1"));
    }

    private static Prefix Prefix(string text) => Routing.Bgp.Wire.Nlri.Prefix.FromNetwork(IPNetwork.Parse(text));

    private static void Learn(FibLoop fib, string prefix, params IPAddress[] nextHops) =>
        fib.OnBestPaths([new BestPathChange(Prefix(prefix), [.. nextHops], IsLocal: false)]);

    private FibLoop Start()
    {
        var fib = new FibLoop(_kernel, new DirectNextHopResolver(), new FibOptions(), _metrics, _time,
            NullLogger<FibLoop>.Instance);
        _running = Task.Run(() => fib.RunAsync(_stop.Token));
        return fib;
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private void PutOwn(string destination, IPAddress nextHop) =>
        _kernel.PutForeign(new RouteEntry(IPNetwork.Parse(destination), [new RouteNextHop(nextHop)]) { Metric = 1114 });

    private IEnumerable<RouteEntry> Routes() => _kernel.ListRoutes(new RouteFilter(RouteProtocol.Routing));

    private string Text() => string.Join('\n',
        Routes().Select(route => route.ToString()).Order(StringComparer.Ordinal));

    private Task InKernelAsync(params string[] expected) =>
        Until.TrueAsync($"the kernel holds: {string.Join(", ", expected)}", () => Text() == string.Join('\n', expected));
}
