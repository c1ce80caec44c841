using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class RouteNetlinkTests
{
    private TestNamespace _node = null!;
    private TestNamespace _pod = null!;
    private RouteNetlink _netlink = null!;

    [SetUp]
    public void Make_two_namespaces()
    {
        _node = TestNamespace.Create("node");
        _pod = TestNamespace.Create("pod");
        _netlink = _node.OpenRouteNetlink();
    }

    [TearDown]
    public void Remove_them()
    {
        _netlink?.Dispose();
        _pod?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void Veth_is_born_with_its_peer_in_the_other_namespace()
    {
        var link = _netlink.CreateVeth(new VethSpec("rt0123456789ab", "eth0", _pod.Inner.Handle)
        {
            Mac = PhysicalAddress.Parse("02-00-00-00-00-01"),
            PeerMac = PhysicalAddress.Parse("02-00-00-00-00-02"),
            Mtu = 1400,
            Up = true,
        });

        var near = Json(_node.Ip("-j", "-d", "link", "show", "rt0123456789ab"))[0];
        var far = Json(_pod.Ip("-j", "-d", "link", "show", "eth0"))[0];
        Assert.Multiple(() =>
        {
            Assert.That(link.Kind, Is.EqualTo("veth"));
            Assert.That(link.IsUp);
            Assert.That(link.IfIndex, Is.EqualTo(near.GetProperty("ifindex").GetInt32()));
            Assert.That(link.PeerIfIndex, Is.EqualTo(far.GetProperty("ifindex").GetInt32()));
            Assert.That(near.GetProperty("address").GetString(), Is.EqualTo("02:00:00:00:00:01"));
            Assert.That(far.GetProperty("address").GetString(), Is.EqualTo("02:00:00:00:00:02"));
            Assert.That(near.GetProperty("mtu").GetInt32(), Is.EqualTo(1400));
            Assert.That(far.GetProperty("mtu").GetInt32(), Is.EqualTo(1400));
            Assert.That(near.GetProperty("flags").ToString(), Does.Contain("\"UP\""));
        });
    }

    [Test]
    public void A_veth_whose_name_is_taken_is_refused_and_leaves_the_first()
    {
        var first = _netlink.CreateVeth(new VethSpec("rt0", "eth0", _pod.Inner.Handle));

        var refusal = Assert.Throws<NetlinkException>(
            () => _netlink.CreateVeth(new VethSpec("rt0", "eth1", _pod.Inner.Handle)));

        Assert.That(refusal!.Errno, Is.EqualTo(17));
        Assert.That(refusal.Message, Does.StartWith("create veth rt0 with peer eth1"));
        Assert.That(_netlink.FindLink("rt0"), Is.EqualTo(first));
    }

    [Test]
    public void Links_are_listed_found_changed_and_deleted()
    {
        var created = _netlink.CreateVeth(new VethSpec("rt0", "eth0", _pod.Inner.Handle));
        _netlink.ChangeLink(created.IfIndex, new LinkChange
        {
            Up = true, Mtu = 1300, Alias = "default/web", GenerateLinkLocal = false,
            Mac = PhysicalAddress.Parse("02-00-00-00-00-09"),
        });

        var link = _netlink.FindLink("rt0")!;
        Assert.Multiple(() =>
        {
            Assert.That(link, Is.EqualTo(created with
            {
                IsUp = true, Mtu = 1300, Alias = "default/web", Mac = PhysicalAddress.Parse("02-00-00-00-00-09"),
            }));
            Assert.That(_netlink.ListLinks().Select(l => l.Name), Is.EquivalentTo(["lo", "rt0"]));
            Assert.That(_node.Ip("-d", "link", "show", "rt0"), Does.Contain("addrgenmode none"));
            Assert.That(_netlink.FindLink("rt1"), Is.Null);
            Assert.That(_netlink.DeleteLink("rt0"), Is.True);
            Assert.That(_netlink.DeleteLink("rt0"), Is.False);
            Assert.That(_pod.Ip("-j", "link"), Does.Not.Contain("eth0"));
        });
    }

    [TestCase("10.1.0.5", 32)]
    [TestCase("fd00:1::5", 128)]
    public void An_address_can_be_added_twice_and_removed_twice(string text, int length)
    {
        var address = new InterfaceAddress(Connect().IfIndex, IPAddress.Parse(text), length);

        _netlink.EnsureAddress(address);
        _netlink.EnsureAddress(address);

        Assert.That(_netlink.ListAddresses(address.IfIndex), Does.Contain(address));
        Assert.That(_node.Ip("addr", "show", "rt0"), Does.Contain($"{text}/{length}"));
        Assert.That(_netlink.DeleteAddress(address), Is.True);
        Assert.That(_netlink.DeleteAddress(address), Is.False);
        Assert.That(_netlink.ListAddresses(address.IfIndex), Does.Not.Contain(address));
    }

    [TestCase("10.1.0.0/26", "172.30.1.1")]
    [TestCase("fd00:1::/64", "fd00:30::1")]
    [TestCase("0.0.0.0/0", "172.30.1.1")]
    [TestCase("::/0", "fd00:30::1")]
    [TestCase("10.9.0.0/16", "fd00:30::1", TestName = "IPv4 over an IPv6 next hop, RFC 8950")]
    public void A_route_reads_back_as_it_was_written(string destination, string gateway)
    {
        var link = ConnectWithAddresses();
        var route = new RouteEntry(
            IPNetwork.Parse(destination), [new RouteNextHop(IPAddress.Parse(gateway), link.IfIndex)]) { Metric = 77 };

        _netlink.ReplaceRoute(route);
        _netlink.ReplaceRoute(route);

        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)), Is.EqualTo(new[] { route }));
        Assert.That(_netlink.DeleteRoute(route), Is.True);
        Assert.That(_netlink.DeleteRoute(route), Is.False);
    }

    [TestCase("10.1.0.0/26", "172.30.1.1", "172.30.1.3")]
    [TestCase("fd00:1::/64", "fd00:30::1", "fd00:30::3")]
    public void A_multipath_route_is_replaced_and_removed_as_one(string destination, string first, string second)
    {
        var link = ConnectWithAddresses();
        var two = new RouteEntry(IPNetwork.Parse(destination),
        [
            new RouteNextHop(IPAddress.Parse(first), link.IfIndex, Weight: 1),
            new RouteNextHop(IPAddress.Parse(second), link.IfIndex, Weight: 3),
        ]) { Metric = 50 };
        var one = two with { NextHops = [new RouteNextHop(IPAddress.Parse(second), link.IfIndex)] };
        var ours = new RouteFilter(RouteProtocol.Routing, Table: 254);

        _netlink.ReplaceRoute(two);
        Assert.That(_netlink.ListRoutes(ours), Is.EqualTo(new[] { two }));
        var oracle = Json(_node.Ip("-j", first.Contains(':') ? "-6" : "-4", "route", "show", destination))[0];
        Assert.That(oracle.GetProperty("nexthops").GetArrayLength(), Is.EqualTo(2));
        Assert.That(oracle.GetProperty("protocol").GetString(), Is.EqualTo("114"));

        _netlink.ReplaceRoute(one);
        Assert.That(_netlink.ListRoutes(ours), Is.EqualTo(new[] { one }));

        _netlink.ReplaceRoute(two);
        Assert.That(_netlink.DeleteRoute(two), Is.True);
        Assert.That(_netlink.ListRoutes(ours), Is.Empty);
    }

    [Test]
    public void Routes_that_go_nowhere_and_routes_to_a_pod_read_back()
    {
        var link = Connect();
        RouteEntry[] routes =
        [
            new(IPNetwork.Parse("10.1.0.0/26"), []) { Type = RouteType.Blackhole },
            new(IPNetwork.Parse("fd00:1::/64"), []) { Type = RouteType.Unreachable, Metric = 1024 },
            new(IPNetwork.Parse("10.1.0.7/32"), [new RouteNextHop(null, link.IfIndex)])
                { Protocol = RouteProtocol.RoutingPod },
            new(IPNetwork.Parse("fd00:1::7/128"), [new RouteNextHop(null, link.IfIndex)])
                { Protocol = RouteProtocol.RoutingPod, Metric = 1024 },
            new(
                IPNetwork.Parse("10.2.0.0/16"),
                [new RouteNextHop(IPAddress.Parse("169.254.1.1"), link.IfIndex, OnLink: true)])
                { Table = 1000 },
        ];

        _netlink.ApplyAll([.. routes.Select(route => new RouteChange.PutRoute(route))]);

        var read = _netlink.ListRoutes(new RouteFilter())
            .Where(route => route.Protocol is RouteProtocol.Routing or RouteProtocol.RoutingPod);
        // IPv6 unreachable routes are shown on the loopback.
        Assert.That(read.Select(r => r.Type == RouteType.Unreachable ? r with { NextHops = [] } : r),
            Is.EquivalentTo(routes));
        Assert.That(_netlink.ListRoutes(new RouteFilter(Table: 1000)), Has.Count.EqualTo(1));
        Assert.That(_netlink.ListRoutes(new RouteFilter(Table: 4711)), Is.Empty, "a table that does not exist");
    }

    [Test]
    public void Only_our_own_route_is_deleted()
    {
        var link = ConnectWithAddresses();
        _node.Ip("route", "add", "10.1.0.0/26", "via", "172.30.1.1", "proto", "static");

        var removed = _netlink.DeleteRoute(new RouteEntry(
            IPNetwork.Parse("10.1.0.0/26"), [new RouteNextHop(IPAddress.Parse("172.30.1.1"), link.IfIndex)]));

        Assert.That(removed, Is.False);
        Assert.That(_node.Ip("route"), Does.Contain("10.1.0.0/26"));
    }

    [TestCase("169.254.1.1")]
    [TestCase("fe80::1")]
    public void A_permanent_neighbour_is_replaced_and_removed(string text)
    {
        var link = Connect();
        var neighbour = new Neighbour(link.IfIndex, IPAddress.Parse(text), PhysicalAddress.Parse("02-00-00-00-00-01"));

        _netlink.ReplaceNeighbour(neighbour with { Mac = PhysicalAddress.Parse("02-00-00-00-00-07") });
        _netlink.ReplaceNeighbour(neighbour);

        Assert.That(_netlink.ListNeighbours(link.IfIndex), Does.Contain(neighbour));
        Assert.That(_netlink.ListNeighbours(1), Does.Not.Contain(neighbour), "filtered by interface");
        Assert.That(_node.Ip("neigh", "show", text), Does.Contain("02:00:00:00:00:01 PERMANENT"));
        Assert.That(_netlink.DeleteNeighbour(neighbour), Is.True);
        Assert.That(_netlink.DeleteNeighbour(neighbour), Is.False);
    }

    [TestCase(false, "10.1.0.0/26", "10.2.0.0/16")]
    [TestCase(true, "fd00:1::/64", "fd00:2::/48")]
    public void A_rule_can_be_added_twice_and_removed_twice(bool ipv6, string source, string destination)
    {
        var rule = new RoutingRule(
            ipv6, 1000, 5000, IPNetwork.Parse(source), IPNetwork.Parse(destination), Mark: 0x72);

        _netlink.EnsureRule(rule);
        _netlink.EnsureRule(rule);

        Assert.That(_netlink.ListRules(), Does.Contain(rule));
        Assert.That(_node.Ip(ipv6 ? "-6" : "-4", "rule"),
            Does.Contain($"from {source} to {destination} fwmark 0x72 lookup 5000 proto 114"));
        Assert.That(_netlink.DeleteRule(rule), Is.True);
        Assert.That(_netlink.DeleteRule(rule), Is.False);
    }

    [Test]
    public void A_refusal_names_operation_object_errno_and_the_kernels_own_words()
    {
        var refusal = Assert.Throws<NetlinkException>(() => _netlink.ReplaceRoute(
            new RouteEntry(IPNetwork.Parse("10.1.0.0/26"), [new RouteNextHop(IPAddress.Parse("192.0.2.1"))])));

        Assert.That(refusal!.Operation, Is.EqualTo("replace route"));
        Assert.That(refusal.Target, Is.EqualTo("10.1.0.0/26 via 192.0.2.1"));
        Assert.That(refusal.Errno, Is.EqualTo(101)); // ENETUNREACH
        Assert.That(refusal.KernelMessage, Is.EqualTo("Nexthop has invalid gateway"));
    }

    [Test]
    public void In_a_batch_each_change_has_its_own_outcome()
    {
        var link = ConnectWithAddresses();
        RouteEntry Via(string destination, string gateway) =>
            new(IPNetwork.Parse(destination), [new RouteNextHop(IPAddress.Parse(gateway), link.IfIndex)]);

        var outcomes = _netlink.Apply(
        [
            new RouteChange.PutRoute(Via("10.1.0.0/26", "172.30.1.1")),
            new RouteChange.PutRoute(Via("10.2.0.0/26", "192.0.2.1")),
            new RouteChange.RemoveRoute(Via("10.3.0.0/26", "172.30.1.1")),
            new RouteChange.SetLink(4711, new LinkChange { Up = true, GenerateLinkLocal = true }),
            new RouteChange.PutRoute(Via("fd00:4::/64", "fd00:30::1")),
        ]);

        Assert.That(outcomes.Select(o => (o.Changed, o.Error?.Operation)), Is.EqualTo(new (bool, string?)[]
        {
            (true, null), (false, "replace route"), (false, null), (false, "change link"), (true, null),
        }));
        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)), Has.Count.EqualTo(2));
    }

    [Test]
    public void Ten_thousand_routes_go_in_and_out_and_every_refusal_is_kept()
    {
        var link = ConnectWithAddresses();
        var routes = Enumerable.Range(0, 10_000).Select(i => new RouteEntry(
            new IPNetwork(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24),
            [new RouteNextHop(IPAddress.Parse("172.30.1.1"), link.IfIndex)])).ToArray();

        var added = _netlink.Apply([.. routes.Select(route => new RouteChange.PutRoute(route))]);
        Assert.That(added.All(outcome => outcome.Changed));
        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)).ToHashSet().SetEquals(routes));

        var refused = _netlink.Apply([.. routes.Select(route => new RouteChange.PutRoute(
            route with { NextHops = [new RouteNextHop(IPAddress.Parse("192.0.2.1"), link.IfIndex)] }))]);
        Assert.That(refused.All(outcome => outcome.Error is not null));

        var removed = _netlink.Apply([.. routes.Select(route => new RouteChange.RemoveRoute(route))]);
        Assert.That(removed.All(outcome => outcome.Changed));
        Assert.That(_netlink.ListRoutes(new RouteFilter(RouteProtocol.Routing)), Is.Empty);
    }

    private Link Connect() => _node.Connect(_pod, "rt0", "eth0");

    private Link ConnectWithAddresses()
    {
        var link = Connect();
        _netlink.EnsureAddress(new InterfaceAddress(link.IfIndex, IPAddress.Parse("172.30.1.2"), 29));
        _netlink.EnsureAddress(new InterfaceAddress(link.IfIndex, IPAddress.Parse("fd00:30::2"), 125));
        return link;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
