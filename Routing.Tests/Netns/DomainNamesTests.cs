using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Domains;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Netfilter;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Agent.Domains;
using Routing.Tests.Fakes;
using Routing.Tests.Policy.Netns;
using static Routing.Tests.Netns.NamesClient;

namespace Routing.Tests.Netns;

/// <summary>A pod that may reach names only, the cluster's DNS, and real packets between them.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
[NonParallelizable]
public sealed class DomainNamesTests(FilterBackend backend)
{
    private const string Shop = "www.example.com", World = "10.3.1.1", Elsewhere = "10.3.0.0/20";
    private const int TtlSeconds = 60;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lapse = TimeSpan.FromSeconds(TtlSeconds) + LearnedNames.Grace + TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private string _state = null!;
    private TestNamespace _node = null!;
    private TestNamespace _pod = null!;
    private TestNamespace _other = null!;
    private TestNamespace _world = null!;
    private FakeDnsServer _dns = null!;
    private Socket _web = null!;
    private Agent? _agent;

    [SetUp]
    public async Task Make_a_node_with_two_pods_and_a_world_with_DNS()
    {
        _state = Directory.CreateTempSubdirectory("names-").FullName;
        _node = TestNamespace.Create("node");
        _pod = TestNamespace.Create("pod");
        _other = TestNamespace.Create("other");
        _world = TestNamespace.Create("world");
        _node.Inner.WriteSysctls([new("ipv4/ip_forward", "1")]);
        Join(_pod, DnsNetwork.PodInterface, "10.1.0");
        Join(_other, DnsNetwork.OtherInterface, "10.2.0");
        Join(_world, "up0", "10.3.0");
        _world.Ip("route", "add", "local", Elsewhere, "dev", "lo");
        _node.Ip("route", "add", Elsewhere, "via", "10.3.0.2");
        _web = _world.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _web.Bind(new IPEndPoint(IPAddress.Any, 80));
        _web.Listen(64);
        _dns = new FakeDnsServer(_world, "10.3.0.2");
        _agent = await Agent.StartAsync(this);
    }

    [TearDown]
    public async Task Remove_them()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _dns?.Dispose();
        _web?.Dispose();
        _world?.Dispose();
        _other?.Dispose();
        _pod?.Dispose();
        _node?.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Test]
    public void The_first_connection_after_a_look_up_succeeds_with_its_first_packet()
    {
        using (var early = Connect(_pod, World))
        {
            ExpectClosed(early, "nobody has asked for the name yet");
        }

        for (var i = 1; i <= 30; i++)
        {
            // A wildcard, each time another name and another address; a name by itself for the first.
            var (name, address) = (i == 1 ? Shop : $"a{i}.b.example.org", $"10.3.1.{i}");
            Assert.That(LookUp(_pod, "10.3.0.2", name, address), Is.EqualTo(address));
            using var connection = Connect(_pod, address);
            ExpectOpen(connection, name);
            Assert.That(Retransmitted(connection), Is.Zero, $"{name}: it was in force before its answer arrived");
        }

        Assert.That(_agent!.Domains.Status, Is.EqualTo(new DomainStatus { Names = 2, Addresses = 30, Answers = 30 }));
    }

    [TestCase(int.MaxValue, TestName = "Over TCP, at once")]
    [TestCase(7, TestName = "Over TCP, piece by piece")]
    public void The_first_connection_after_a_look_up_over_TCP_succeeds_with_its_first_packet(int piece)
    {
        _dns.Piece = piece;
        using var lasting = OpenTcp(_pod, "10.3.0.2");
        for (var i = 1; i <= 20; i++)
        {
            // Two names in one go, by one connection for all or by one for each.
            var names = new[] { $"a{i}.b.example.org", $"a{i}.c.example.org" };
            (_dns.Names[names[0]], _dns.Names[names[1]]) = ($"10.3.1.{i}", $"10.3.2.{i}");
            using var own = OpenTcp(_pod, "10.3.0.2");
            var answers = Ask(i % 2 == 0 ? lasting : own, names);
            Assert.That(answers.Select(answer => new IPAddress(answer.AsSpan(answer.Length - 4)).ToString()), Is.EqualTo(names.Select(name => _dns.Names[name])));
            foreach (var name in names)
            {
                using var connection = Connect(_pod, _dns.Names[name]);
                ExpectOpen(connection, name);
                Assert.That(Retransmitted(connection), Is.Zero, $"{name}: it was in force before its answer arrived");
            }
        }

        Assert.That(_agent!.Domains.Status, Has.Property(nameof(DomainStatus.Addresses)).EqualTo(40)
            .And.Property(nameof(DomainStatus.Answers)).EqualTo(40).And.Property(nameof(DomainStatus.Connections)).GreaterThanOrEqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void All_addresses_of_a_large_answer_count(bool isOverTcp)
    {
        string[] addresses = [.. Enumerable.Range(0, 900).Select(i => $"10.3.{4 + (i / 200)}.{1 + (i % 200)}")];
        _dns.Names[Shop] = string.Join(' ', addresses);
        if (isOverTcp)
        {
            using var connection = OpenTcp(_pod, "10.3.0.2");
            Ask(connection, Shop);
        }
        else
        {
            Assert.That(Ask(_pod, "10.3.0.2", Shop), Has.Length.GreaterThan(14_000), "many fragments");
        }

        foreach (var address in new[] { addresses[0], addresses[450], addresses[^1] })
        {
            using var connection = Connect(_pod, address);
            ExpectOpen(connection, address);
            Assert.That(Retransmitted(connection), Is.Zero, address);
        }
    }

    [Test]
    public async Task A_connection_whose_beginning_this_agent_has_not_seen_opens_nothing()
    {
        (_dns.Names["a.example.org"], _dns.Names["b.example.org"]) = ("10.3.1.1", "10.3.1.2");
        using var lasting = OpenTcp(_pod, "10.3.0.2");
        Ask(lasting, "a.example.org");
        await _agent!.DisposeAsync();
        _agent = await Agent.StartAsync(this);
        Assert.That(Ask(lasting, "b.example.org"), Has.Length.EqualTo(1), "it passes");
        using (var unknown = Connect(_pod, "10.3.1.2"))
        {
            ExpectClosed(unknown, "where a message begins there is anybody's guess");
        }

        Assert.That(_agent.Domains.Status.Unread, Is.Positive);
        using var another = OpenTcp(_pod, "10.3.0.2");
        Ask(another, "b.example.org");
        using var connection = Connect(_pod, "10.3.1.2");
        ExpectOpen(connection, "the next connection is followed");
    }

    [Test]
    public void A_segment_that_a_pod_forges_is_nothing_to_anybody()
    {
        using var victim = OpenTcp(_pod, "10.3.0.2");
        var local = (IPEndPoint)victim.LocalEndPoint!;
        var answer = TcpPackets.Framed(DnsMessages.Answer(Shop, 60, World));
        using var raw = _other.Inner.Run(() => RawSocket.Open(IpFamily.V4, 255)); // IPPROTO_RAW: the header is ours
        for (var i = 0; i < 16; i++)
        {
            raw.SendTo(
                TcpPackets.Segment(DnsNetwork.Server, DnsNetwork.Pod, (ushort)local.Port, (uint)i << 28, TcpPackets.Syn | TcpPackets.Ack, []),
                new IPEndPoint(local.Address, 0));
            raw.SendTo(
                TcpPackets.Segment(DnsNetwork.Server, DnsNetwork.Pod, (ushort)local.Port, ((uint)i << 28) + 1, TcpPackets.Ack, answer),
                new IPEndPoint(local.Address, 0));
        }

        _dns.Names["a.example.org"] = "10.3.1.9";
        Ask(victim, "a.example.org");
        using (var connection = Connect(_pod, "10.3.1.9"))
        {
            ExpectOpen(connection, "the true answer is read all the same");
        }

        using var closed = Connect(_pod, World);
        ExpectClosed(closed, "pods cannot send from the server's address");
        Assert.That(_agent!.Domains.Status, Is.EqualTo(new DomainStatus { Names = 1, Addresses = 1, Answers = 1, Connections = 1 }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void An_answer_from_somebody_else_passes_and_opens_nothing(bool isOverTcp)
    {
        using var forger = new FakeDnsServer(_other, "10.2.0.2");
        if (isOverTcp)
        {
            forger.Names[Shop] = World;
            using var asking = OpenTcp(_pod, "10.2.0.2");
            Ask(asking, Shop);
        }
        else
        {
            Assert.That(LookUp(_pod, "10.2.0.2", Shop, World, forger), Is.EqualTo(World), "the policy lets the pod ask whom it likes");
        }

        using var connection = Connect(_pod, World);
        ExpectClosed(connection, "a pod is not the cluster's DNS");
        Assert.That(_agent!.Domains.Status.Answers, Is.Zero);
    }

    [Test]
    public void An_answer_about_another_name_and_one_that_is_none_pass_and_open_nothing()
    {
        Assert.That(LookUp(_pod, "10.3.0.2", "www.example.net", World), Is.EqualTo(World));
        _dns.Garbage = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 0xc0, 0x0c, 1];
        Assert.That(Ask(_pod, "10.3.0.2", Shop), Is.EqualTo(_dns.Garbage));
        using var connection = Connect(_pod, World);
        ExpectClosed(connection, "nothing was said of a name in use");
        Assert.That(_agent!.Domains.Status.Answers, Is.Zero);
    }

    [Test]
    public void A_pod_whose_policies_name_nothing_is_let_be()
    {
        Assert.That(LookUp(_other, "10.3.0.2", Shop, World), Is.EqualTo(World));
        using var connection = Connect(_other, World);
        ExpectOpen(connection, "no policy isolates it");
        Assert.That(_agent!.Domains.Status.Answers, Is.Zero, "its answer did not come to us");
        using var from = Connect(_pod, World);
        ExpectClosed(from, "and told nobody anything");
    }

    [Test]
    public async Task What_lapses_closes_for_what_begins_and_not_for_what_goes_on()
    {
        LookUp(_pod, "10.3.0.2", Shop, World);
        using var begun = Connect(_pod, World);
        ExpectOpen(begun, "in force");
        using var end = _web.Accept();

        _time.Advance(Lapse);
        await _agent!.AppliedAsync(_ => !_agent.HasInSets(World));
        using (var late = Connect(_pod, World))
        {
            ExpectClosed(late, "its TTL has run out");
        }

        // Another change makes every connection be looked at; this one goes on all the same.
        await _agent.ChangeAsync(policy => policy.UpsertPolicy(DnsNetwork.NamesOnly with { Order = 7 }));
        Pass(begun, end);

        // Until the policy itself says otherwise.
        await _agent.ChangeAsync(policy => policy.UpsertPolicy(DnsNetwork.NamesOnly with
        {
            Egress = new RuleSet([DnsNetwork.NamesOnly.Egress!.Rules[0], DnsNetwork.NamesOnly.Egress!.Rules[2]]),
        }));
        using var conntrack = ConntrackNetlink.Open(_node.Inner);
        Assert.That(conntrack.List(Address.Parse(World), entry => entry.Original.Protocol == 6), Is.Empty);
    }

    [Test]
    public async Task Without_an_agent_answers_pass_and_nothing_opens_and_the_next_agent_changes_nothing()
    {
        LookUp(_pod, "10.3.0.2", Shop, World);
        await _agent!.DisposeAsync();
        _agent = null;
        Assert.That(LookUp(_pod, "10.3.0.2", "a.example.org", "10.3.1.2"), Is.EqualTo("10.3.1.2"), "nobody listens: it goes on");
        using (var unknown = Connect(_pod, "10.3.1.2"))
        {
            ExpectClosed(unknown, "nobody has read it");
        }

        using (var known = Connect(_pod, World))
        {
            ExpectOpen(known, "what was learned stays");
        }

        var before = backend.Listing(_node);
        _agent = await Agent.StartAsync(this);
        Assert.That(backend.Listing(_node), Is.EqualTo(before));
        LookUp(_pod, "10.3.0.2", "a.example.org", "10.3.1.2");
        using (var first = Connect(_pod, "10.3.1.2"))
        {
            ExpectOpen(first, "the next answer opens");
            Assert.That(Retransmitted(first), Is.Zero);
        }

        // What lapsed while there was nobody goes with the first transaction.
        await _agent.DisposeAsync();
        _time.Advance(Lapse);
        _agent = await Agent.StartAsync(this);
        using var late = Connect(_pod, World);
        ExpectClosed(late, "its TTL has run out");
    }

    [Test]
    public async Task A_kernel_without_queues_hands_out_copies_and_an_answer_counts_a_moment_later()
    {
        if (backend != FilterBackend.Nftables)
        {
            return; // iptables' own target is all there is there
        }

        await _agent!.DisposeAsync();
        _agent = await Agent.StartAsync(this, NftQueueing.Copy);
        Assert.That(LookUp(_pod, "10.3.0.2", Shop, World), Is.EqualTo(World));
        await Until.TrueAsync("it is in force", () => _agent.HasInSets(World));
        using var connection = Connect(_pod, World);
        ExpectOpen(connection, "in force");
        Assert.That(_node.Nft("list", "chain", "inet", "routing", "forward"), Does.Contain("log group 115"));
    }

    private string LookUp(TestNamespace from, string server, string name, string address, FakeDnsServer? dns = null)
    {
        (dns ?? _dns).Names[name] = address;
        var answer = Ask(from, server, name);
        return new IPAddress(answer.AsSpan(answer.Length - 4)).ToString();
    }

    private static void Pass(Socket from, Socket to)
    {
        from.Blocking = true;
        from.Send("x"u8);
        to.ReceiveTimeout = (int)Deadline.TotalMilliseconds;
        Assert.That(to.Receive(new byte[1]), Is.EqualTo(1));
    }

    private void Join(TestNamespace other, string name, string net)
    {
        var link = _node.Connect(other, name, "eth0");
        using var near = _node.OpenRouteNetlink();
        using var far = other.OpenRouteNetlink();
        var farLink = far.FindLink("eth0")!;
        near.ApplyAll(
            new RouteChange.AddAddress(new InterfaceAddress(link.IfIndex, IPAddress.Parse($"{net}.1"), 24)),
            new RouteChange.PutNeighbour(new Neighbour(link.IfIndex, IPAddress.Parse($"{net}.2"), farLink.Mac!)));
        far.ApplyAll(
            new RouteChange.AddAddress(new InterfaceAddress(farLink.IfIndex, IPAddress.Parse($"{net}.2"), 24)),
            new RouteChange.PutNeighbour(new Neighbour(farLink.IfIndex, IPAddress.Parse($"{net}.1"), link.Mac!)),
            new RouteChange.PutRoute(new RouteEntry(
                IPNetwork.Parse("0.0.0.0/0"), [new RouteNextHop(IPAddress.Parse($"{net}.1"), farLink.IfIndex)])));
    }

    /// <summary>The loops of an agent that names concern.</summary>
    private sealed class Agent : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly AgentMetrics _metrics = new();
        private readonly IRulesetApplier _applier;
        private readonly ConntrackNetlink _conntrack;
        private readonly DataplaneLoop _dataplane;
        private readonly ConntrackLoop _connections;
        private readonly ManualTime _time;
        private Task _running = Task.CompletedTask;
        private volatile Ruleset? _inForce;

        private Agent(DomainNamesTests test, NftQueueing? queueing)
        {
            _time = test._time;
            _applier = queueing is { } only ? NftApplier.Open(test._node.Inner, only) : test.Backend.Open(test._node);
            _dataplane = new DataplaneLoop(
                DnsNetwork.Policy(), _applier, new FakePodLookup(), new DataplaneOptions(), _metrics, _time, NullLogger<DataplaneLoop>.Instance);
            Domains = new DomainLoop(
                _dataplane, new NameFile(Path.Combine(test._state, "names")), _time, NullLogger<DomainLoop>.Instance);
            _conntrack = ConntrackNetlink.Open(test._node.Inner);
            _connections = new ConntrackLoop(
                _conntrack, () => new FakeWays(), _metrics, TimeProvider.System, NullLogger<ConntrackLoop>.Instance,
                new LapsedNames(() => Domains.Lapsed, (wanted, stop) => _dataplane.ReadAsync(policy => policy.SliceOf(wanted), stop)));
            _dataplane.Committed += _connections.OnCommitted;
            _dataplane.Committed += committed => _inForce = committed.Ruleset;
        }

        public DomainLoop Domains { get; }

        public static async Task<Agent> StartAsync(DomainNamesTests test, NftQueueing? queueing = null)
        {
            var agent = new Agent(test, queueing);
            agent._dataplane.Restore(agent.Domains.Restore());
            const ushort Queue = Routing.Policy.Compile.DnsOptions.DefaultQueue;
            IPacketSource source = agent._applier.HoldsPackets ? PacketQueue.Open(test._node.Inner, Queue) : PacketCopies.Open(test._node.Inner, Queue);
            var stop = agent._stop.Token;
            agent._running = Task.WhenAll(
                Task.Run(() => agent._dataplane.RunAsync(stop)),
                Task.Run(() => agent._connections.RunAsync(stop)),
                Task.Run(() => agent.Domains.RunAsync([new AnswerSource(() => true, () => source)], stop)));
            foreach (var input in PolicyInputs.All)
            {
                await agent._dataplane.OnChangeAsync(input, isFullList: true, policy => policy.UpsertPolicy(DnsNetwork.NamesOnly), stop);
            }

            await agent.AppliedAsync(_ => agent._dataplane.NamesInUse is not null);
            return agent;
        }

        /// <summary>True when a set that is in force has the address.</summary>
        public bool HasInSets(string address) => _inForce!.Sets.Values.Any(
            set => set.Elements.Any(element => element.AddressLow == Address.Parse(address).Value));

        /// <summary>Waits until something is so, with all that is due until then.</summary>
        public async Task AppliedAsync(Func<NodePolicy, bool> isSo) => await Until.TrueAsync("it is applied", async () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return await _dataplane.ReadAsync(isSo, _stop.Token);
        });

        /// <summary>Makes a change, and waits until connections were looked at for it.</summary>
        public async Task ChangeAsync(Action<NodePolicy> change)
        {
            var committed = new TaskCompletionSource<CommittedRuleset>();
            _dataplane.Committed += ruleset => committed.TrySetResult(ruleset);
            await _dataplane.OnChangeAsync(PolicyInputs.NetworkPolicies, isFullList: false, change, _stop.Token);
            await AppliedAsync(_ => committed.Task.IsCompleted);
            var ruleset = (await committed.Task).Ruleset;
            await Until.TrueAsync("connections are judged", () => ReferenceEquals(_connections.Judged, ruleset));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Deadline);
            _applier.Dispose();
            _conntrack.Dispose();
            _metrics.Dispose();
            _stop.Dispose();
        }
    }

    private FilterBackend Backend => backend;
}
