using System.Net;
using System.Net.NetworkInformation;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Netlink;

/// <summary>The fake answers as the kernel does, so that what is tested on the one holds on the other: every test runs
/// on both.</summary>
[TestFixture(false)]
[TestFixture(true, Category = "Netns")]
internal sealed class FakeRouteNetlinkTests(bool real)
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("02-00-00-00-00-07");

    private TestNamespace? _node;
    private TestNamespace? _pod;
    private IRouteNetlink _netlink = null!;
    private Link _link = null!;

    [SetUp]
    public void Make_a_link()
    {
        if (real)
        {
            _node = TestNamespace.Create("node");
            _pod = TestNamespace.Create("pod");
            _netlink = _node.OpenRouteNetlink();
            _link = _node.Connect(_pod, "rt0", "eth0");
        }
        else
        {
            var fake = new FakeRouteNetlink();
            _netlink = fake;
            _link = fake.AddLink("rt0", "veth");
        }
    }

    [TearDown]
    public void Remove_it()
    {
        _netlink?.Dispose();
        _pod?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void Adding_twice_changes_once_and_removing_twice_removes_once()
    {
        RouteChange[] add =
        [
            new RouteChange.AddAddress(new(_link.IfIndex, IPAddress.Parse("172.30.1.2"), 24)),
            new RouteChange.AddRule(new(false, 1000, 5000)),
        ];
        RouteChange[] remove =
        [
            new RouteChange.RemoveRule(new(false, 1000, 5000)),
            new RouteChange.RemoveAddress(new(_link.IfIndex, IPAddress.Parse("172.30.1.2"), 24)),
            new RouteChange.RemoveNeighbour(new(_link.IfIndex, IPAddress.Parse("172.30.1.3"), Mac)),
            new RouteChange.RemoveRoute(new(IPNetwork.Parse("10.9.0.0/16"), [])),
        ];

        Assert.That(Changed(add), Is.EqualTo(new[] { true, true }));
        Assert.That(Changed(add), Is.EqualTo(new[] { false, false }));
        Assert.That(Changed(remove), Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(Changed(remove), Is.EqualTo(new[] { false, false, false, false }));
    }

    [Test]
    public void A_route_is_replaced_by_one_with_the_same_key_and_removed_only_by_its_owner()
    {
        var route = new RouteEntry(IPNetwork.Parse("10.1.0.7/32"), [new RouteNextHop(null, _link.IfIndex)]);
        var blackhole = route with { NextHops = [], Type = RouteType.Blackhole };

        _netlink.ReplaceRoute(route);
        _netlink.ReplaceRoute(blackhole);

        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)), Is.EqualTo(new[] { blackhole }));
        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing, IPv6: true)), Is.Empty);
        Assert.That(_netlink.DeleteRoute(blackhole with { Protocol = RouteProtocol.RoutingPod }), Is.False);
        Assert.That(_netlink.DeleteRoute(blackhole), Is.True);
    }

    [Test]
    public void What_hangs_on_a_link_goes_with_it()
    {
        _netlink.ReplaceRoute(new(IPNetwork.Parse("10.1.0.7/32"), [new RouteNextHop(null, _link.IfIndex)]));
        _netlink.ReplaceNeighbour(new(_link.IfIndex, IPAddress.Parse("10.1.0.7"), Mac));

        Assert.That(_netlink.DeleteLink("rt0"), Is.True);

        Assert.That(_netlink.DeleteLink("rt0"), Is.False);
        Assert.That(_netlink.FindLink("rt0"), Is.Null);
        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)), Is.Empty);
        Assert.That(_netlink.ListNeighbours(_link.IfIndex), Is.Empty);
    }

    [Test]
    public void A_link_that_is_not_there_is_refused_and_the_rest_is_done()
    {
        var outcomes = _netlink.Apply(
        [
            new RouteChange.SetLink(4711, new LinkChange { Up = true }),
            new RouteChange.PutRoute(new(IPNetwork.Parse("10.1.0.7/32"), [new RouteNextHop(null, 4711)])),
            new RouteChange.PutNeighbour(new(4711, IPAddress.Parse("10.1.0.7"), Mac)),
            new RouteChange.AddAddress(new(4711, IPAddress.Parse("10.1.0.7"), 32)),
            new RouteChange.SetLink(_link.IfIndex, new LinkChange { Alias = "default/web" }),
        ]);

        Assert.That(outcomes.Select(outcome => outcome.Error?.Errno ?? 0), Is.EqualTo(new[] { 19, 19, 19, 19, 0 }));
        Assert.That(_netlink.FindLink("rt0")!.Alias, Is.EqualTo("default/web"));
    }

    [Test]
    public void ApplyAll_throws_the_first_refusal_after_all_were_tried()
    {
        var refusal = Assert.Throws<NetlinkException>(() => _netlink.ApplyAll(
            new RouteChange.SetLink(4711, new LinkChange { Up = true }),
            new RouteChange.SetLink(_link.IfIndex, new LinkChange { Mtu = 1400 })));

        Assert.That(refusal!.Operation, Is.EqualTo("change link"));
        Assert.That(_netlink.FindLink("rt0")!.Mtu, Is.EqualTo(1400));
    }

    [Test]
    public void A_failure_that_was_asked_for_comes_once()
    {
        if (_netlink is not FakeRouteNetlink fake)
        {
            Assert.Pass("The kernel takes no such wishes.");
            return;
        }

        var change = new RouteChange.PutRoute(
            new(IPNetwork.Parse("10.1.0.7/32"), [new RouteNextHop(null, _link.IfIndex)]));
        fake.FailNext(RouteOperation.PutRoute, errno: 12);
        fake.FailNext(RouteOperation.ListRoutes);

        Assert.That(fake.Apply([change, change]).Select(o => o.Error?.Errno), Is.EqualTo(new int?[] { 12, null }));
        Assert.Throws<NetlinkException>(() => fake.ListRoutes(new RouteFilter()));
        Assert.That(fake.ListRoutes(new RouteFilter()), Has.Count.EqualTo(1));
        Assert.That(fake.Changes, Is.EqualTo(new[] { change }), "only what was made");
    }

    private bool[] Changed(RouteChange[] changes) => [.. _netlink.Apply(changes).Select(outcome => outcome.Changed)];
}
