using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>Real packets through sets of every shape: a client and a server behind a node that forwards and
/// filters.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class PacketFilterTests(FilterBackend backend)
{
    private const string ClientInterface = "rt00000000000a", ServerInterface = "rt00000000000b";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly int[] Sources = [4, 5, 8, 9, 10], Ports = [79, 80, 85, 90, 91]; // around the sets' bounds

    private TestNamespace _node = null!;
    private TestNamespace _client = null!;
    private TestNamespace _server = null!;

    [SetUp]
    public void Make_a_node_with_a_client_and_a_server()
    {
        _node = TestNamespace.Create("node");
        _client = TestNamespace.Create("client");
        _server = TestNamespace.Create("server");
        _node.Inner.WriteSysctls([new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1")]);
        Join(_client, ClientInterface, "10.1.0", "fd00:1:");
        Join(_server, ServerInterface, "10.2.0", "fd00:2:");
        using var netlink = _client.OpenRouteNetlink();
        var link = netlink.FindLink("eth0")!;
        netlink.ApplyAll([.. Sources.SelectMany(number => new[] { IpFamily.V4, IpFamily.V6 }, (number, family) =>
            new RouteChange.AddAddress(new InterfaceAddress(
                link.IfIndex, Address(family, Source(family, number)), family == IpFamily.V4 ? 32 : 128)))]);
    }

    [TearDown]
    public void Remove_them()
    {
        _server?.Dispose();
        _client?.Dispose();
        _node?.Dispose();
    }

    [TestCase(IpFamily.V4, true, TestName = "IPv4: address range . protocol . port range")]
    [TestCase(IpFamily.V6, true, TestName = "IPv6: address range . protocol . port range")]
    [TestCase(IpFamily.V4, false, TestName = "IPv4: address . protocol . port, exactly")]
    [TestCase(IpFamily.V6, false, TestName = "IPv6: address . protocol . port, exactly")]
    public void Flows(IpFamily family, bool ranges)
    {
        var element = new SetElement(
            Source(family, 5), Source(family, ranges ? 9 : 5), Protocol: 17, PortLow: 80,
            PortHigh: (ushort)(ranges ? 90 : 80));
        using var applier = Apply(new MatchSet(
            "flows", family, [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], ranges,
            [element], ""));

        Expect(family, allowed: (source, port) => source >= 5 && source <= (ranges ? 9 : 5)
            && port >= 80 && port <= (ranges ? 90 : 80));
    }

    [TestCase(IpFamily.V4)]
    [TestCase(IpFamily.V6)]
    public void Address_ranges(IpFamily family)
    {
        using var applier = Apply(new MatchSet(
            "sources", family, [RuleField.SourceAddress], Ranges: true,
            [
                new SetElement(Source(family, 4), Source(family, 4)),
                new SetElement(Source(family, 5), Source(family, 8)), // touches the first
                new SetElement(Source(family, 10), Source(family, 10)),
            ],
            ""));

        Expect(family, allowed: (source, _) => source is (>= 4 and <= 8) or 10);
    }

    [TestCase(IpFamily.V4)]
    [TestCase(IpFamily.V6)]
    public void Ports_of_any_peer(IpFamily family)
    {
        using var applier = Apply(new MatchSet(
            "ports", null, [RuleField.Protocol, RuleField.DestinationPort], Ranges: true,
            [
                new SetElement(Protocol: 17, PortLow: 80, PortHigh: 89),
                new SetElement(Protocol: 6, PortLow: 90, PortHigh: 91),
            ],
            ""));

        Expect(family, allowed: (_, port) => port is >= 80 and <= 89);
    }

    [Test]
    public void Wide_port_ranges_beside_narrow_ones()
    {
        using var applier = Apply(new MatchSet(
            "flows", IpFamily.V4, [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], Ranges: true,
            [
                new SetElement(Source(IpFamily.V4, 5), Source(IpFamily.V4, 8), Protocol: 17, PortLow: 85, PortHigh: 60000),
                new SetElement(Source(IpFamily.V4, 8), Source(IpFamily.V4, 8), Protocol: 17, PortLow: 79, PortHigh: 80),
                new SetElement(Source(IpFamily.V4, 10), Source(IpFamily.V4, 10), Protocol: 17, PortHigh: 65535),
                new SetElement(Source(IpFamily.V4, 9), Source(IpFamily.V4, 9), Protocol: 6, PortHigh: 65535),
                new SetElement(0, Source(IpFamily.V4, 3), Protocol: 17, PortHigh: 65535),
            ],
            ""));

        Expect(IpFamily.V4, allowed: (source, port) =>
            source == 10 || (source is 5 or 8 && port >= 85) || (source == 8 && port <= 80));
    }

    [TestCase(IpFamily.V4)]
    [TestCase(IpFamily.V6)]
    public void All_addresses(IpFamily family)
    {
        var last = family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue;
        using var applier = Apply(new MatchSet(
            "all", family, [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], Ranges: true,
            [new SetElement(0, last, Protocol: 17, PortLow: 80, PortHigh: 85)], ""));

        Expect(family, allowed: (_, port) => port is 80 or 85);
    }

    [TestCase(IpFamily.V4)]
    [TestCase(IpFamily.V6)]
    public void Interface_and_address_belong_together(IpFamily family)
    {
        using var applier = Apply(new MatchSet(
            "genuine", family, [RuleField.InputInterface, RuleField.SourceAddress], Ranges: false,
            [
                new SetElement(Source(family, 5), Source(family, 5), Interface: ClientInterface),
                new SetElement(Source(family, 9), Source(family, 9), Interface: ServerInterface),
            ],
            ""));

        Expect(family, allowed: (source, _) => source == 5);
    }

    [Test]
    public void A_verdict_map_leads_each_interface_to_its_chain_and_can_be_changed()
    {
        using var applier = backend.Open(_node);
        applier.Apply(Dispatching(Verdict.Goto("open")));
        Expect(IpFamily.V4, allowed: (_, _) => true);
        applier.Apply(Dispatching(Verdict.Goto("open"), others: 200));
        Expect(IpFamily.V6, allowed: (_, _) => true);
        applier.Apply(Dispatching(Verdict.Drop, others: 200));
        Expect(IpFamily.V4, allowed: (_, _) => false);
        applier.Apply(Dispatching(Verdict.Return, others: 20));
        Expect(IpFamily.V4, allowed: (_, _) => true);
        applier.Apply(Dispatching(null, others: 200));
        Expect(IpFamily.V4, allowed: (_, _) => false);
        applier.Apply(Dispatching(Verdict.Drop));
        Expect(IpFamily.V4, allowed: (_, _) => false);
        applier.Apply(Dispatching(null));
        Expect(IpFamily.V6, allowed: (_, _) => false);
    }

    [Test]
    public async Task While_rules_change_a_packet_is_judged_by_the_old_ones_or_by_the_new_ones()
    {
        // 5 is denied by either and 8 allowed by either, each time for another reason.
        Ruleset[] rulesets = [Either(denied: [5], first: [5, 8], second: []), Either(denied: [], first: [], second: [8])];
        using var applier = backend.Open(_node);
        applier.Apply(rulesets[0]);
        await ProbeWhile(goesOn =>
        {
            for (var i = 1; i <= 12 && goesOn(); i++)
            {
                // Rules change with the sets every other time.
                var ruleset = rulesets[i % 2];
                applier.Apply(i % 4 < 2 ? ruleset : ruleset with
                {
                    Chains = ruleset.Chains.SetItem("forward", Commented(ruleset.Chains["forward"], $"{i}")),
                });
            }
        });
    }

    [Test]
    public async Task The_other_back_ends_take_over_in_turn_and_no_packet_is_judged_otherwise()
    {
        var ruleset = Either(denied: [], first: [8], second: []);
        var order = Enum.GetValues<FilterBackend>().OrderBy(one => one < backend).ToList();
        var empty = order.ToDictionary(one => one, one => one.Listing(_node));
        using (var first = backend.Open(_node))
        {
            first.Apply(ruleset);
        }

        await ProbeWhile(goesOn =>
        {
            for (var i = 1; i <= order.Count && goesOn(); i++)
            {
                var (from, to) = (order[i - 1], order[i % order.Count]);
                var areBothIptables = from != FilterBackend.Nftables && to != FilterBackend.Nftables;
                var former = from.Remnant(_node, new ProgramRunner(_node.Inner), ownsSets: !areBothIptables);
                using var taking = new BackendSwitch(to.Open(_node), [former], NullLogger<BackendSwitch>.Instance);
                Assert.That(taking.IsInstalled(), "the former one guards");
                taking.Apply(ruleset);
                Assert.That(former.IsInForce(), Is.False);
                Assert.That(from.Listing(_node), areBothIptables ? Does.Not.Contain("-j RT-") : Is.EqualTo(empty[from]));
            }
        });
    }

    /// <summary>Sends from 5, which must not arrive, and from 8, which must, one after the other for as long as the work
    /// takes.</summary>
    private async Task ProbeWhile(Action<Func<bool>> work)
    {
        using var server = Server(IpFamily.V4, 80);
        using var denied = Client(5);
        using var allowed = Client(8);
        server.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        using var stop = new CancellationTokenSource();
        var probes = Task.Run(() =>
        {
            var (received, count) = (new byte[1], 0);
            for (; !stop.IsCancellationRequested || count == 0; count++)
            {
                denied.Send([5]);
                allowed.Send([8]);
                Assert.That(server.Receive(received), Is.EqualTo(1), "what both allow arrives");
                Assert.That(received[0], Is.EqualTo(8), "what both deny does not");
            }
        });
        try
        {
            work(() => !probes.IsCompleted);
        }
        finally
        {
            await stop.CancelAsync();
            await probes;
        }

        Socket Client(int source)
        {
            var socket = Open(_client, IpFamily.V4);
            socket.Bind(new IPEndPoint(Address(IpFamily.V4, Source(IpFamily.V4, source)), 0));
            socket.Connect(new IPEndPoint(ServerAddress(IpFamily.V4), 80));
            return socket;
        }
    }

    private static Chain Commented(Chain chain, string comment) => chain with
    {
        Rules = [.. chain.Rules.Select(rule => rule with { Comment = comment })],
    };

    private static Ruleset Either(int[] denied, int[] first, int[] second)
    {
        (string Name, int[] Sources, Verdict Verdict)[] sets =
            [("denied", denied, Verdict.Drop), ("first", first, Verdict.Accept), ("second", second, Verdict.Accept)];
        return Ruleset.Empty with
        {
            Sets = sets.ToImmutableSortedDictionary(set => set.Name, set => new MatchSet(
                set.Name, IpFamily.V4, [RuleField.SourceAddress], Ranges: false,
                [.. set.Sources.Select(source => new SetElement(Source(IpFamily.V4, source), Source(IpFamily.V4, source)))], ""),
                StringComparer.Ordinal),
            Chains = Ruleset.Empty.Chains.Add("forward", new Chain(
                "forward", new ChainHook(HookPoint.Forward, 0),
                [
                    .. sets.Select(set => Decide(set.Verdict, new Match.InSet(set.Name))),
                    Decide(Verdict.Drop, new Match.InterfacePrefix(RuleField.InputInterface, "rt")),
                ],
                "")),
        };
    }

    private static Ruleset Dispatching(Verdict? verdict, int others = 0) => Ruleset.Empty with
    {
        Maps = Ruleset.Empty.Maps.Add("by-interface", new VerdictMap(
            "by-interface", RuleField.InputInterface,
            Enumerable.Range(0, others).Select(number => KeyValuePair.Create($"rt{number * 0x01020305:x8}beef", Verdict.Drop))
                .Concat(verdict is { } value ? [KeyValuePair.Create(ClientInterface, value)] : [])
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            "")),
        Chains = Ruleset.Empty.Chains
            .Add("open", new Chain("open", null, [Decide(Verdict.Accept)], ""))
            .Add("forward", new Chain("forward", new ChainHook(HookPoint.Forward, 0),
                [
                    Decide(Verdict.Accept, new Match.InterfacePrefix(RuleField.OutputInterface, "rt00000000000a")),
                    new Rule([], new RuleAction.Dispatch("by-interface"), ""),
                    new Rule([], new RuleAction.Report(new PacketReport(114, "deny forward", 128, 50, 100)), ""),
                    Decide(Verdict.Drop),
                ],
                "")),
    };

    /// <summary>Forwards what is in the set, and answers, and nothing else.</summary>
    private IRulesetApplier Apply(MatchSet set)
    {
        var applier = backend.Open(_node);
        applier.Apply(Ruleset.Empty with
        {
            Sets = Ruleset.Empty.Sets.Add(set.Name, set),
            Chains = Ruleset.Empty.Chains.Add("forward", new Chain(
                "forward", new ChainHook(HookPoint.Forward, 0),
                [
                    Decide(Verdict.Accept, new Match.InSet(set.Name)),
                    Decide(Verdict.Drop, new Match.InterfacePrefix(RuleField.InputInterface, "rt")),
                ],
                "")),
        });
        return applier;
    }

    /// <summary>Sends from every source to every port: what shall not pass first, so that it would have arrived once
    /// the last that shall has.</summary>
    private void Expect(IpFamily family, Func<int, int, bool> allowed)
    {
        var probes = Sources.SelectMany(source => Ports.Select(port => (source, port))).ToList();
        var expected = probes.Where(probe => allowed(probe.source, probe.port)).ToHashSet();
        using var servers = new DisposableList(Ports.Select(port => Server(family, port)));

        foreach (var probe in probes.OrderBy(expected.Contains))
        {
            using var client = Open(_client, family);
            client.Bind(new IPEndPoint(Address(family, Source(family, probe.source)), 0));
            client.SendTo([(byte)probe.source], new IPEndPoint(ServerAddress(family), probe.port));
        }

        var arrived = new HashSet<(int, int)>();
        for (var until = DateTime.UtcNow + Deadline; arrived.Count < expected.Count && DateTime.UtcNow < until;)
        {
            Receive(servers, arrived, TimeSpan.FromMilliseconds(100));
        }

        Receive(servers, arrived, TimeSpan.FromMilliseconds(20));
        Assert.That(arrived, Is.EquivalentTo(expected), backend.Listing(_node));
    }

    private static void Receive(DisposableList servers, HashSet<(int, int)> arrived, TimeSpan wait)
    {
        List<Socket> readable = [.. servers.Sockets];
        Socket.Select(readable, null, null, wait);
        var payload = new byte[1];
        foreach (var socket in readable)
        {
            socket.Receive(payload);
            arrived.Add((payload[0], ((IPEndPoint)socket.LocalEndPoint!).Port));
        }
    }

    private Socket Server(IpFamily family, int port)
    {
        var socket = Open(_server, family);
        socket.Bind(new IPEndPoint(ServerAddress(family), port));
        return socket;
    }

    private static Socket Open(TestNamespace inside, IpFamily family) => inside.Inner.OpenSocket(
        family == IpFamily.V4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram,
        ProtocolType.Udp);

    private static IPAddress ServerAddress(IpFamily family) =>
        IPAddress.Parse(family == IpFamily.V4 ? "10.2.0.2" : "fd00:2::2");

    private static UInt128 Source(IpFamily family, int number) =>
        Routing.Policy.Model.Address.Parse(family == IpFamily.V4 ? $"10.1.0.{number}" : $"fd00:1::{number}").Value;

    private static IPAddress Address(IpFamily family, UInt128 value) =>
        new Routing.Policy.Model.Address(family, value).ToIPAddress();

    private static Rule Decide(Verdict verdict, params Match[] matches) =>
        new([.. matches], new RuleAction.Decide(verdict), "");

    /// <summary>A subnet of each family between the node (.1) and a namespace (.2), with permanent neighbours, so that
    /// no packet waits for address resolution and overtakes another.</summary>
    private void Join(TestNamespace other, string name, string v4, string v6)
    {
        var link = _node.Connect(other, name, "eth0");
        using var near = _node.OpenRouteNetlink();
        using var far = other.OpenRouteNetlink();
        var farLink = far.FindLink("eth0")!;
        near.ApplyAll(
            new RouteChange.AddAddress(new InterfaceAddress(link.IfIndex, IPAddress.Parse($"{v4}.1"), 24)),
            new RouteChange.AddAddress(new InterfaceAddress(link.IfIndex, IPAddress.Parse($"{v6}:1"), 64)),
            new RouteChange.PutNeighbour(new Neighbour(link.IfIndex, IPAddress.Parse($"{v4}.2"), farLink.Mac!)),
            new RouteChange.PutNeighbour(new Neighbour(link.IfIndex, IPAddress.Parse($"{v6}:2"), farLink.Mac!)));
        far.ApplyAll(
            new RouteChange.AddAddress(new InterfaceAddress(farLink.IfIndex, IPAddress.Parse($"{v4}.2"), 24)),
            new RouteChange.AddAddress(new InterfaceAddress(farLink.IfIndex, IPAddress.Parse($"{v6}:2"), 64)),
            new RouteChange.PutNeighbour(new Neighbour(farLink.IfIndex, IPAddress.Parse($"{v4}.1"), link.Mac!)),
            new RouteChange.PutNeighbour(new Neighbour(farLink.IfIndex, IPAddress.Parse($"{v6}:1"), link.Mac!)),
            new RouteChange.PutRoute(new RouteEntry(
                IPNetwork.Parse("0.0.0.0/0"), [new RouteNextHop(IPAddress.Parse($"{v4}.1"), farLink.IfIndex)])),
            new RouteChange.PutRoute(new RouteEntry(
                IPNetwork.Parse("::/0"), [new RouteNextHop(IPAddress.Parse($"{v6}:1"), farLink.IfIndex)])));
    }

    private sealed class DisposableList(IEnumerable<Socket> sockets) : IDisposable
    {
        public IReadOnlyList<Socket> Sockets { get; } = [.. sockets];

        public void Dispose()
        {
            foreach (var socket in Sockets)
            {
                socket.Dispose();
            }
        }
    }
}
