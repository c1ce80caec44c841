using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Policy;

namespace Routing.Tests.Netns;

/// <summary>Connections of a node with two uplinks, which routes by who sends, when policies of one of them change.
/// <code>
///   outside 192.0.2.1 ──10.8.0.0/24── eth0 node rt... ──10.1.0.0/24── pod
///                    └──10.9.0.0/24── eth1      eth2  ──10.5.0.0/24── branch
/// </code>
/// All goes out by eth0, but what 10.9.0.1, the pod, the branch and 10.7.0.0/24 (AnyIP: addresses of this host that no interface has)
/// send, which goes out by eth1.</summary>
[Category("Netns")]
public sealed class MultihomedHostTests
{
    private const string PodInterface = "rt00000000000a";
    private const string Remote4 = "192.0.2.1", Remote6 = "fd99::1", Pod = "10.1.0.2", Branch = "10.5.0.2", AnyIp = "10.7.0.5";
    private const string West4 = "10.8.0.1", West6 = "fd08::1", East4 = "10.9.0.1", East6 = "fd09::1", ManyWays = "198.51.100.1";

    private const string Cluster = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: c, image: c}]}
        status: {podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: west, labels: {uplink: west}}
        spec: {node: n1, interfaceName: eth0}
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: east, labels: {uplink: east}}
        spec: {node: n1, interfaceName: eth1}
        ---

        """;

    private readonly List<Socket> _sockets = [];
    private readonly NodePolicy _policy = new("n1");
    private TestNamespace _node = null!;
    private TestNamespace _outside = null!;
    private TestNamespace _pod = null!;
    private TestNamespace _branch = null!;
    private NftApplier _applier = null!;

    [SetUp]
    public void Make_a_node_with_two_uplinks()
    {
        _node = TestNamespace.Create("node");
        _outside = TestNamespace.Create("outside");
        _pod = TestNamespace.Create("pod");
        _branch = TestNamespace.Create("branch");
        _node.Inner.WriteSysctls([new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1")]);
        _node.Connect(_outside, "eth0", "eth0");
        _node.Connect(_outside, "eth1", "eth1");
        _node.Connect(_branch, "eth2", "eth0");
        _node.Connect(_pod, PodInterface, "eth0");
        AddAddresses(_node, "eth0", $"{West4}/24", $"{West6}/64");
        AddAddresses(_node, "eth1", $"{East4}/24", $"{East6}/64", "fe80::9:1/64");
        AddAddresses(_node, "eth2", "10.5.0.1/24");
        AddAddresses(_node, PodInterface, "10.1.0.1/24");
        AddAddresses(_outside, "eth0", "10.8.0.2/24", "fd08::2/64");
        AddAddresses(_outside, "eth1", "10.9.0.2/24", "fd09::2/64", "fe80::9:2/64");
        AddAddresses(_outside, "lo", $"{Remote4}/32", $"{ManyWays}/32", $"{Remote6}/128");
        AddAddresses(_branch, "eth0", $"{Branch}/24");
        AddAddresses(_pod, "eth0", $"{Pod}/24");
        _pod.Ip("route", "add", "default", "via", "10.1.0.1");
        _branch.Ip("route", "add", "default", "via", "10.5.0.1");
        foreach (var block in new[] { "10.1.0.0/24", "10.5.0.0/24", "10.7.0.0/24" })
        {
            _outside.Ip("route", "add", block, "via", East4);
            _node.Ip("rule", "add", "from", block, "table", "9");
        }

        _node.Ip("rule", "add", "from", East4, "table", "9");
        _node.Ip("-6", "rule", "add", "from", East6, "table", "9");
        _node.Ip("route", "add", "local", "10.7.0.0/24", "dev", "lo");
        _node.Ip("route", "add", "throw", "10.0.0.0/8", "table", "9");
        _node.Ip("route", "add", "default", "via", "10.9.0.2", "table", "9");
        _node.Ip("-6", "route", "add", "default", "via", "fd09::2", "table", "9");
        _node.Ip("route", "add", "default", "via", "10.8.0.2");
        _node.Ip("-6", "route", "add", "default", "via", "fd08::2");
        _node.Ip("route", "add", $"{ManyWays}/32", "nexthop", "via", "10.8.0.2", "nexthop", "via", "10.9.0.2");
        _applier = NftApplier.Open(_node.Inner);
        _policy.SetEndpoint(new LocalEndpoint(PodInterface, new NamespacedName("shop", "web"), "", [Address.Parse(Pod)]));
    }

    [TearDown]
    public void Remove_it()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _applier?.Dispose();
        _pod?.Dispose();
        _branch?.Dispose();
        _outside?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public async Task Each_connection_is_judged_at_the_uplink_that_it_goes_by()
    {
        using var metrics = new AgentMetrics();
        using var conntrack = ConntrackNetlink.Open(_node.Inner);
        using var reader = ConntrackNetlink.Open(_node.Inner);
        var loop = new ConntrackLoop(
            conntrack, () => KernelWays.Read(_node.OpenRouteNetlink()), metrics, TimeProvider.System, NullLogger<ConntrackLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await CommitAsync(Policy("open", "true", "ingress: [{action: Allow}], egress: [{action: Allow}]"));

        // East forbids 8080, and 7070 to its processes; west 9090; both 6060; the pod takes nothing but 8080 and 9090.
        ((string, int) Name, Action Open)[] connections =
        [
            .. Each("to west", port => Connect(_outside, Remote4, _node, West4, port), 8080, 9090),
            .. Each("to east", port => Connect(_outside, Remote4, _node, East4, port), 8080, 9090),
            .. Each("to west, IPv6", port => Connect(_outside, Remote6, _node, West6, port), 8080, 9090),
            .. Each("to east, IPv6", port => Connect(_outside, Remote6, _node, East6, port), 8080, 9090),
            .. Each("from west", port => Connect(_node, West4, _outside, Remote4, port), 8080, 9090),
            .. Each("from east", port => Connect(_node, East4, _outside, Remote4, port), 8080, 9090),
            .. Each("to the pod", port => Connect(_outside, Remote4, _pod, Pod, port), 8080, 9090),
            .. Each("from the pod", port => Connect(_pod, Pod, _outside, Remote4, port), 8080, 9090),
            .. Each("to the branch", port => Connect(_outside, Remote4, _branch, Branch, port), 8080, 9090),
            .. Each("from the branch", port => Connect(_branch, Branch, _outside, Remote4, port), 8080, 9090),
            .. Each("to AnyIP", port => Connect(_outside, Remote4, _node, AnyIp, port), 7070, 9090),
            .. Each("from AnyIP to the pod", port => Connect(_node, AnyIp, _pod, Pod, port), 5050),
            .. Each("by two ways", port => Connect(_node, West4, _outside, ManyWays, port), 6060, 8080, 9090),
            .. Each("of the link", port => Connect(_outside, "fe80::9:2%eth1", _node, "fe80::9:1%eth1", port), 8080, 9090),
        ];
        var opened = new Dictionary<ConntrackTuple, (string, int)>();
        foreach (var (name, open) in connections)
        {
            var known = List();
            open();
            opened.Add(List().Except(known).Single(), name);
        }

        await CommitAsync(
            Policy("east", "uplink == 'east'", """
                ingress: [{action: Deny, protocol: TCP, destination: {ports: [6060, 8080]}}, {action: Allow}],
                egress: [{action: Deny, protocol: TCP, destination: {ports: [6060, 8080]}}, {action: Allow}]
                """),
            Policy("west", "uplink == 'west'", """
                ingress: [{action: Deny, protocol: TCP, destination: {ports: [6060, 9090]}}, {action: Allow}],
                egress: [{action: Deny, protocol: TCP, destination: {ports: [6060, 9090]}}, {action: Allow}]
                """),
            """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: processes}
            spec:
              order: 1
              selector: uplink == 'east'
              types: [Ingress]
              ingress: [{action: Deny, protocol: TCP, destination: {ports: [7070]}}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec: {podSelector: {}, ingress: [{ports: [{port: 8080}, {port: 9090}]}]}
            """);

        var left = List();
        Assert.That(opened.Where(one => !left.Contains(one.Key)).Select(one => one.Value), Is.EquivalentTo(new[]
        {
            ("to west", 9090), ("to east", 8080), ("to west, IPv6", 9090), ("to east, IPv6", 8080), ("from west", 9090), ("from east", 8080),
            ("to the pod", 8080), ("from the pod", 8080), ("to the branch", 8080), ("from the branch", 8080), ("to AnyIP", 7070),
            ("by two ways", 6060),
        }));
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());

        HashSet<ConntrackTuple> List() =>
            [.. Enum.GetValues<IpFamily>().SelectMany(family => reader.List(family, entry => entry.Original.Protocol == 6)).Select(one => one.Original)];

        async Task CommitAsync(params string[] policies)
        {
            var cluster = Yaml.Cluster(Cluster + string.Join("\n---\n", policies));
            Assert.That(cluster.Policies.Values.SelectMany(policy => policy.Problems.Items), Is.Empty);
            _policy.Replace(cluster);
            var ruleset = _policy.Compile();
            _applier.Apply(ruleset);
            loop.OnCommitted(new CommittedRuleset(ruleset));
            await Until.TrueAsync("connections are judged", () => ReferenceEquals(loop.Judged, ruleset));
        }
    }

    private static IEnumerable<((string, int), Action)> Each(string name, Action<int> open, params int[] ports) =>
        ports.Select(port => ((name, port), (Action)(() => open(port))));

    private static string Policy(string name, string selector, string rules) => $$"""
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: {{name}}}
        spec: {order: 2, selector: "{{(selector == "true" ? "has(uplink)" : selector)}}", applyOnForward: true, types: [Ingress, Egress], {{rules.ReplaceLineEndings(" ")}}}
        """;

    private void Connect(TestNamespace from, string source, TestNamespace to, string address, int port)
    {
        using var listener = Open(to, address);
        listener.Bind(End(to, address, port));
        listener.Listen();
        var client = Open(from, address);
        client.Bind(End(from, source, 0));
        client.Connect(End(from, address, port, source));
        _sockets.Add(listener.Accept());
    }

    /// <summary>An address with a zone is of the interface of that name over there.</summary>
    private static IPEndPoint End(TestNamespace inside, string address, int port, string? zone = null)
    {
        var parsed = IPAddress.Parse(address.Split('%')[0]);
        if ((zone ?? address).Split('%') is [_, var link])
        {
            using var routes = inside.OpenRouteNetlink();
            parsed.ScopeId = routes.FindLink(link)!.IfIndex;
        }

        return new IPEndPoint(parsed, port);
    }

    private Socket Open(TestNamespace inside, string address)
    {
        var socket = inside.Inner.OpenSocket(
            address.Contains(':', StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.ReceiveTimeout = 60_000;
        _sockets.Add(socket);
        return socket;
    }

    private static void AddAddresses(TestNamespace inside, string link, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            string[] more = address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : [];
            inside.Ip(["addr", "add", address, "dev", link, .. more]);
        }
    }
}
