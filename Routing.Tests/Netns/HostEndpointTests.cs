using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Policy;

namespace Routing.Tests.Netns;

/// <summary>Real packets to, from and through a node whose interface is a host endpoint.
/// <code>
///   outside 10.9.0.2 ── eth0 10.9.0.1 node rt... ── 10.1.0.2 pod
/// </code></summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class HostEndpointTests(FilterBackend backend)
{
    private const string PodInterface = "rt00000000000a";
    private const string NodeV4 = "10.9.0.1", OutsideV4 = "10.9.0.2", PodV4 = "10.1.0.2", NodeV6 = "fd09::1", OutsideV6 = "fd09::2";

    private const string Endpoint = """
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: n1-eth0, labels: {role: edge}}
        spec: {node: n1, interfaceName: eth0, expectedIPs: [10.9.0.1, "fd09::1"]}
        """;

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
        """;

    private readonly List<Socket> _sockets = [];
    private readonly NodePolicy _policy = new("n1");
    private TestNamespace _node = null!;
    private TestNamespace _outside = null!;
    private TestNamespace _pod = null!;
    private IRulesetApplier _applier = null!;

    [SetUp]
    public void Make_a_node_between_a_pod_and_the_outside()
    {
        _node = TestNamespace.Create("node");
        _outside = TestNamespace.Create("outside");
        _pod = TestNamespace.Create("pod");
        _node.Inner.WriteSysctls([new("ipv4/ip_forward", "1"), new("ipv6/conf/all/forwarding", "1")]);
        _node.Connect(_outside, "eth0", "eth0");
        _node.Connect(_pod, PodInterface, "eth0");
        AddAddress(_node, "eth0", NodeV4 + "/24", NodeV6 + "/64");
        AddAddress(_outside, "eth0", OutsideV4 + "/24", OutsideV6 + "/64");
        AddAddress(_node, PodInterface, "10.1.0.1/24");
        AddAddress(_pod, "eth0", PodV4 + "/24");
        _outside.Ip("route", "add", "10.1.0.0/24", "via", NodeV4);
        _pod.Ip("route", "add", "default", "via", "10.1.0.1");
        _applier = backend.Open(_node);
        _policy.SetEndpoint(new LocalEndpoint(PodInterface, new NamespacedName("shop", "web"), "", [Parse(PodV4)]));
    }

    [TearDown]
    public void Remove_them()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _applier?.Dispose();
        _pod?.Dispose();
        _outside?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void Without_policies_only_failsafe_ports_and_what_others_forward_are_open()
    {
        Commit(Endpoint);
        Expect(_outside, _node, NodeV4, allowed: [68], denied: [69, 8080]);
        Expect(_node, _outside, OutsideV4, allowed: [53, 67], denied: [54, 8080]);
        Expect(_outside, _pod, PodV4, allowed: [8080], denied: []);
        Expect(_pod, _outside, OutsideV4, allowed: [8080], denied: []);
        Expect(_node, _pod, PodV4, allowed: [8080], denied: []);
        Expect(_pod, _node, NodeV4, allowed: [8080], denied: []);
        Expect(_node, _node, NodeV4, allowed: [8080], denied: []);
        foreach (var port in new[] { 22, 179, 6443 })
        {
            Exchange(Connect(_outside, _node, NodeV4, port));
        }

        foreach (var port in new[] { 179, 6443 })
        {
            Exchange(Connect(_node, _outside, OutsideV4, port));
        }
    }

    [Test]
    public void Policies_say_what_processes_of_the_host_may_do()
    {
        Commit(Endpoint, Policy("edge", """
            selector: role == 'edge'
            types: [Ingress, Egress]
            ingress: [{action: Allow, protocol: UDP, source: {nets: [10.9.0.0/24, "fd09::/64"]}, destination: {ports: [8080]}}]
            egress: [{action: Allow, protocol: UDP, destination: {ports: [9090]}}, {action: Deny}]
            """));
        _outside.Ip("-6", "neigh", "flush", "dev", "eth0");
        _node.Ip("-6", "neigh", "flush", "dev", "eth0");
        Expect(_outside, _node, NodeV4, allowed: [68, 8080], denied: [8081]);
        Expect(_outside, _node, NodeV6, allowed: [68, 8080], denied: [8081]); // their link's neighbours are still found
        Expect(_node, _outside, OutsideV4, allowed: [53, 9090], denied: [8080]);
        Expect(_node, _outside, OutsideV6, allowed: [53, 9090], denied: [8080]);
        Expect(_outside, _pod, PodV4, allowed: [8081], denied: []);
        Expect(_pod, _node, NodeV4, allowed: [8081], denied: []);
    }

    [Test]
    public void What_was_allowed_goes_on_and_a_restart_changes_nothing()
    {
        var policy = Policy("edge", """
            selector: role == 'edge'
            types: [Ingress]
            ingress: [{action: Allow, protocol: TCP, destination: {ports: [8080]}}]
            """);
        var ruleset = Commit(Endpoint, policy);
        var connection = Connect(_outside, _node, NodeV4, 8080);
        Exchange(connection);

        Restart(ruleset);
        Exchange(connection);

        Commit(Endpoint);
        Expect(_outside, _node, NodeV4, allowed: [68], denied: [8080]);
        Exchange(connection);

        // Without the host endpoint there is nothing of it left.
        Commit();
        Expect(_outside, _node, NodeV4, allowed: [8080], denied: []);
        Assert.That(backend.Listing(_node), Does.Not.Contain("host-"));
    }

    [Test]
    public async Task What_a_change_forbids_ends_and_is_not_resumed()
    {
        const string Open = """
            selector: role == 'edge'
            applyOnForward: true
            types: [Ingress, Egress]
            ingress: [{action: Allow}]
            egress: [{action: Allow}]
            """;
        const string Closed = """
            selector: role == 'edge'
            applyOnForward: true
            types: [Ingress, Egress]
            ingress: [{action: Deny, protocol: TCP, destination: {ports: [22, 8080]}}, {action: Allow}]
            egress: [{action: Deny, protocol: TCP, destination: {ports: [9090]}}, {action: Allow}]
            """;
        using var metrics = new AgentMetrics();
        using var conntrack = ConntrackNetlink.Open(_node.Inner);
        using var reader = ConntrackNetlink.Open(_node.Inner);
        var loop = new ConntrackLoop(
            conntrack, () => KernelWays.Read(_node.OpenRouteNetlink()), metrics, TimeProvider.System, NullLogger<ConntrackLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await JudgeAsync(Commit(Endpoint, Policy("edge", Open)));

        (Socket Client, Socket Server)[] ofNode = [Connect(_outside, _node, NodeV4, 8080), Connect(_outside, _node, NodeV6, 8080)];
        (Socket Client, Socket Server)[] ofOthers =
        [
            Connect(_node, _outside, OutsideV4, 9090), Connect(_node, _outside, OutsideV6, 9090),
            Connect(_outside, _pod, PodV4, 8080), Connect(_pod, _outside, OutsideV4, 9090),
        ];
        (Socket Client, Socket Server)[] kept =
        [
            Connect(_outside, _node, NodeV4, 22), Connect(_outside, _node, NodeV4, 8081), Connect(_node, _outside, OutsideV4, 8080),
            Connect(_outside, _pod, PodV4, 9090), Connect(_pod, _outside, OutsideV4, 8081), Connect(_node, _pod, PodV4, 9091),
            Connect(_pod, _node, NodeV4, 8082),
        ];
        foreach (var one in ofNode.Concat(ofOthers).Concat(kept))
        {
            Exchange(one);
        }

        var before = List();
        await JudgeAsync(Commit(Endpoint, Policy("edge", Closed)));
        Assert.That(before, Has.Count.EqualTo(ofNode.Length + ofOthers.Length + kept.Length));
        Assert.That(before.Except(List()).Count(), Is.EqualTo(ofNode.Length + ofOthers.Length));

        foreach (var (_, server) in ofNode.Concat(ofOthers))
        {
            server.Send("late"u8);
        }

        await Until.TrueAsync("nobody answers", () => Array.TrueForAll(ofOthers, one => Retransmissions(one.Server) > 2));
        Assert.That(ofNode.Concat(ofOthers).Select(one => one.Client.Available), Is.All.Zero);
        foreach (var one in kept)
        {
            Exchange(one);
        }

        // What is forgotten for another reason is resumed where no policy can have ended it.
        reader.Delete(List());
        var buffer = new byte[8];
        kept[0].Server.Send("back"u8);
        Assert.That(kept[0].Client.Receive(buffer), Is.EqualTo(4), "a fail-safe port");
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());

        List<ConntrackEntry> List() => [.. Enum.GetValues<IpFamily>().SelectMany(family => reader.List(family, entry => entry.Original.Protocol == 6))];

        async Task JudgeAsync(Ruleset ruleset)
        {
            loop.OnCommitted(new CommittedRuleset(ruleset));
            await Until.TrueAsync("connections are judged", () => ReferenceEquals(loop.Judged, ruleset));
        }
    }

    [Test]
    public void ApplyOnForward_judges_what_goes_through()
    {
        Commit(Endpoint, Policy("edge", """
            selector: role == 'edge'
            applyOnForward: true
            types: [Ingress, Egress]
            ingress:
            - {action: Allow, protocol: UDP, source: {nets: [10.9.0.0/24]}, destination: {selector: "app == 'web'", ports: [8080]}}
            - {action: Allow, protocol: UDP, destination: {nets: [10.9.0.1/32], ports: [9090]}}
            egress: [{action: Allow, protocol: UDP, source: {nets: [10.1.0.0/24]}, destination: {ports: [7070]}}]
            """));
        Expect(_outside, _pod, PodV4, allowed: [8080], denied: [9090, 68]); // no port is fail-safe on the way through
        Expect(_outside, _node, NodeV4, allowed: [9090, 68], denied: [8080]);
        Expect(_pod, _outside, OutsideV4, allowed: [7070], denied: [8080, 53]);
        Expect(_node, _outside, OutsideV4, allowed: [53], denied: [7070]);
    }

    [Test]
    public void PreDnat_is_asked_before_somebody_elses_translation()
    {
        Translate(8080, PodV4, 80);
        Translate(8081, PodV4, 81);
        var ruleset = Commit(
            Endpoint,
            Policy("published", """
                selector: role == 'edge'
                preDNAT: true
                applyOnForward: true
                order: 1
                ingress:
                - {action: Allow, protocol: UDP, destination: {nets: [10.9.0.1/32], ports: [8080, 8082]}}
                - {action: Deny, protocol: UDP, destination: {ports: [8081, 8083]}}
                """),
            Policy("through", """
                selector: role == 'edge'
                applyOnForward: true
                types: [Ingress]
                ingress: [{action: Deny}]
                """));
        Expect(_outside, _pod, NodeV4, allowed: [(8080, 80)], denied: [(8081, 81)]);
        Expect(_outside, _node, NodeV4, allowed: [8082, 68], denied: [8083, 8084]);
        Expect(_outside, _pod, PodV4, allowed: [], denied: [79], witness: (NodeV4, 8080, 80)); // the ordinary policy's
        Restart(ruleset);
    }

    [Test]
    public void DoNotTrack_leaves_no_connection_behind()
    {
        var ruleset = Commit(
            Endpoint,
            Policy("stateless", """
                selector: role == 'edge'
                doNotTrack: true
                applyOnForward: true
                types: [Ingress, Egress]
                ingress:
                - {action: Allow, protocol: UDP, destination: {ports: [8080]}}
                - {action: Deny, protocol: UDP, destination: {ports: [8082]}}
                egress: [{action: Allow, protocol: UDP, source: {ports: [8080]}}]
                """),
            Policy("stateful", """
                selector: role == 'edge'
                types: [Ingress]
                ingress: [{action: Allow, protocol: UDP, destination: {ports: [8081, 8082]}}]
                """));
        Expect(_outside, _node, NodeV4, allowed: [8080, 8081], denied: [8082, 8083]);
        using (var conntrack = ConntrackNetlink.Open(_node.Inner))
        {
            var ports = conntrack.List(IpFamily.V4, entry => entry.Original.Protocol == 17)
                .Select(entry => (int)entry.Original.DestinationPort);
            Assert.That(ports, Does.Contain(8081).And.Not.Contains(8080));
        }

        // The answer is judged by itself: the rule about the source's port lets it out.
        using var server = Open(_node, NodeV4, SocketType.Dgram);
        server.Bind(new IPEndPoint(IPAddress.Parse(NodeV4), 8080));
        using var client = Open(_outside, OutsideV4, SocketType.Dgram);
        client.Bind(new IPEndPoint(IPAddress.Parse(OutsideV4), 5000));
        server.SendTo("x"u8, new IPEndPoint(IPAddress.Parse(OutsideV4), 5000));
        Assert.That(client.Receive(new byte[4]), Is.EqualTo(1));
        Expect(_node, _outside, OutsideV4, allowed: [53], denied: [8080]);
        Restart(ruleset);
    }

    [Test]
    public void All_interfaces_are_all_but_the_loopback_and_those_of_pods()
    {
        Commit("""
            ---
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: n1-all, labels: {role: edge}}
            spec: {node: n1, interfaceName: "*"}
            """);
        Expect(_outside, _node, NodeV4, allowed: [68], denied: [8080]);
        Expect(_node, _outside, OutsideV4, allowed: [53], denied: [8080]);
        Expect(_node, _pod, PodV4, allowed: [8080], denied: []);
        Expect(_pod, _node, NodeV4, allowed: [8080], denied: []);
        Expect(_node, _node, NodeV4, allowed: [8080], denied: []);
        Expect(_pod, _outside, OutsideV4, allowed: [8080], denied: []);
    }

    [Test]
    public void What_a_process_sends_to_a_service_is_judged_where_it_leaves()
    {
        _node.Ip("route", "add", "10.96.0.0/16", "via", OutsideV4); // by the interface of the host endpoint, as a default route would
        _node.Nft("add table ip services");
        _node.Nft("add chain ip services output { type nat hook output priority -100; }");
        _node.Nft("add chain ip services source { type nat hook postrouting priority 100; }");
        _node.Nft($"add rule ip services output ip daddr 10.96.0.1 udp dport 80 dnat to {PodV4}:8080");
        _node.Nft($"add rule ip services output ip daddr 10.96.0.2 udp dport 80 dnat to {OutsideV4}:8080");
        _node.Nft($"add rule ip services source ip daddr {PodV4} snat to 10.1.0.1");
        Commit(Endpoint);
        Expect(_node, _pod, "10.96.0.1", allowed: [(80, 8080)], denied: []);
        Expect(_node, _outside, "10.96.0.2", allowed: [], denied: [(80, 8080)], witness: (OutsideV4, 53, 53));
    }

    [Test]
    public void Random_policies_do_to_packets_what_the_evaluator_says()
    {
        const string Manifests = Cluster + """

            ---
            apiVersion: v1
            kind: Node
            metadata: {name: n1}
            status: {addresses: [{type: InternalIP, address: 10.9.0.1}]}
            """;
        (TestNamespace From, string Source, TestNamespace To, string Destination)[] ways =
        [
            (_outside, OutsideV4, _node, NodeV4), (_node, NodeV4, _outside, OutsideV4),
            (_outside, OutsideV4, _pod, PodV4), (_pod, PodV4, _outside, OutsideV4),
        ];
        using var conntrack = ConntrackNetlink.Open(_node.Inner);
        var seen = new HashSet<(HostLayer?, bool)>();
        for (var seed = 1; seed <= 80; seed++)
        {
            var luck = new RandomCalico(seed);
            var cluster = Yaml.Cluster(Manifests) with
            {
                HostEndpoints = ImmutableDictionary<string, HostEndpointView>.Empty.Add("edge", luck.HostEndpoint(0) with
                {
                    Name = "edge", NodeName = "n1", InterfaceName = "eth0", Addresses = [Parse(NodeV4)],
                }),
                Policies = Enumerable.Range(0, RandomCalico.HostPolicies).Select(luck.HostPolicy)
                    .ToImmutableSortedDictionary(policy => policy.Key, policy => policy),
            };
            _policy.Replace(cluster);
            _applier.Apply(_policy.Compile());
            conntrack.Delete(conntrack.List(IpFamily.V4, _ => true)); // nobody is known from before
            var evaluator = new PolicyEvaluator(cluster);
            foreach (var (from, source, to, destination) in ways)
            {
                var judged = new[] { 53, 68, 80, 81, 8080, 9000 }.ToLookup(port =>
                {
                    var verdict = evaluator.Evaluate(new Flow(
                        new FlowEnd.Address(Parse(source)),
                        new FlowEnd.Address(Parse(destination)), TransportProtocol.Udp, (ushort)port));
                    seen.UnionWith(verdict.Families[0].Reasons.Select(reason => (reason.Layer, reason.Denies)));
                    return verdict.Allowed;
                });
                Expect(from, to, destination, allowed: [.. judged[true]], denied: [.. judged[false]]);
            }
        }

        Assert.That(
            Enum.GetValues<HostLayer>().Where(layer => seen.Contains((layer, false))), Is.EquivalentTo(Enum.GetValues<HostLayer>()),
            $"each place has let something pass: {string.Join(' ', seen)}");
        Assert.That(seen, Does.Contain(((HostLayer?)HostLayer.Local, true)).And.Contains(((HostLayer?)HostLayer.Forward, true)));
    }

    private static string Policy(string name, string spec) => $$"""
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: {{name}}}
        spec:
          {{spec.ReplaceLineEndings("\n  ")}}
        """;

    private Ruleset Commit(params string[] manifests)
    {
        var cluster = Yaml.Cluster(string.Join('\n', [Cluster, .. manifests]));
        Assert.That(cluster.Policies.Values.SelectMany(policy => policy.Problems.Items), Is.Empty);
        _policy.Replace(cluster);
        var ruleset = _policy.Compile();
        _applier.Apply(ruleset);
        return ruleset;
    }

    /// <summary>An agent that starts finds its own, down to the marks, and changes nothing.</summary>
    private void Restart(Ruleset ruleset)
    {
        _applier.Dispose();
        var listing = backend.Listing(_node);
        _applier = backend.Open(_node);
        Assert.That(_applier.IsInstalled());
        Assert.That(_applier.Apply(ruleset).IsEmpty, "nothing to change");
        Assert.That(backend.Listing(_node), Is.EqualTo(listing));
    }

    private void Translate(int port, string destination, int to)
    {
        _node.Nft("add table ip services");
        _node.Nft("add chain ip services prerouting { type nat hook prerouting priority -100; }");
        _node.Nft($"add rule ip services prerouting ip daddr {NodeV4} udp dport {port} dnat to {destination}:{to}");
    }

    private void Expect(TestNamespace from, TestNamespace to, string address, int[] allowed, int[] denied) => Expect(
        from, to, address, [.. allowed.Select(port => (port, port))], [.. denied.Select(port => (port, port))]);

    private void Expect(
        TestNamespace from, TestNamespace to, string address, int[] allowed, int[] denied,
        (string Address, int Port, int End) witness) => Expect(
        from, to, address, [.. allowed.Select(port => (port, port))], [.. denied.Select(port => (port, port))], witness);

    /// <summary>Sends datagrams, first those that must not arrive: they would have, once the last that must has.</summary>
    private void Expect(
        TestNamespace from, TestNamespace to, string address, (int Port, int End)[] allowed, (int Port, int End)[] denied,
        (string Address, int Port, int End)? witness = null)
    {
        var sent = denied.Select(one => (Address: address, one.Port, one.End, Arrives: false))
            .Concat(allowed.Select(one => (Address: address, one.Port, one.End, Arrives: true)))
            .Concat(witness is { } last ? [(last.Address, last.Port, last.End, true)] : []).ToList();
        var servers = sent.ConvertAll(one =>
        {
            var server = Open(to, address, SocketType.Dgram);
            server.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, one.End));
            return server;
        });
        foreach (var one in sent)
        {
            using var client = Open(from, one.Address, SocketType.Dgram);
            try
            {
                client.SendTo("x"u8, new IPEndPoint(IPAddress.Parse(one.Address), one.Port));
            }
            catch (SocketException e) when (!one.Arrives && e.SocketErrorCode == SocketError.AccessDenied)
            {
                // Of its own processes a host tells that it drops their packets.
            }
        }

        foreach (var (one, server) in sent.Zip(servers))
        {
            if (one.Arrives)
            {
                Assert.That(server.Receive(new byte[4]), Is.EqualTo(1), $"{from.Name} to {address}, port {one.Port}");
            }
        }

        foreach (var (one, server) in sent.Zip(servers))
        {
            Assert.That(server.Available, Is.Zero, $"{from.Name} to {address}, port {one.Port}");
            server.Dispose();
        }
    }

    private (Socket From, Socket To) Connect(TestNamespace from, TestNamespace to, string address, int port)
    {
        using var listener = Open(to, address, SocketType.Stream);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        listener.Listen();
        var client = Open(from, address, SocketType.Stream);
        client.Connect(IPAddress.Parse(address), port);
        var accepted = listener.Accept();
        _sockets.Add(accepted);
        return (client, accepted);
    }

    private static uint Retransmissions(Socket socket)
    {
        const int tcp = 6, tcpInfo = 11, totalRetransmissions = 100; // IPPROTO_TCP, TCP_INFO, tcpi_total_retrans (linux/tcp.h)
        Span<byte> info = stackalloc byte[104];
        socket.GetRawSocketOption(tcp, tcpInfo, info);
        return BitConverter.ToUInt32(info[totalRetransmissions..]);
    }

    private static void Exchange((Socket From, Socket To) connection)
    {
        var buffer = new byte[8];
        connection.From.Send("there"u8);
        Assert.That(connection.To.Receive(buffer), Is.EqualTo(5));
        connection.To.Send("back"u8);
        Assert.That(connection.From.Receive(buffer), Is.EqualTo(4));
    }

    private Socket Open(TestNamespace inside, string address, SocketType type)
    {
        var family = IPAddress.Parse(address).AddressFamily;
        var socket = inside.Inner.OpenSocket(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.ReceiveTimeout = 60_000;
        _sockets.Add(socket);
        return socket;
    }

    private static Address Parse(string address) => Address.Parse(address);

    private static void AddAddress(TestNamespace inside, string link, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            string[] more = address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : [];
            inside.Ip(["addr", "add", address, "dev", link, .. more]);
        }
    }
}
