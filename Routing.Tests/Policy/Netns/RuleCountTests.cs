using CsCheck;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Counts;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets through a kernel, and for which rule of which policy they are counted.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public class RuleCountTests(FilterBackend backend)
{
    private const int Pods = 3;

    private const string Manifests = """
        {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop},
         spec: {podSelector: {matchLabels: {app: p1}}, policyTypes: [Ingress], ingress: [
           {from: [{podSelector: {matchLabels: {app: p0}}}], ports: [{protocol: UDP, port: 53}]},
           {from: [{ipBlock: {cidr: 192.0.2.0/25}}], ports: [{protocol: UDP, port: 80, endPort: 8080}]}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: wide, namespace: shop},
         spec: {podSelector: {matchLabels: {app: p1}}, policyTypes: [Ingress], ingress: [
           {from: [{ipBlock: {cidr: 10.1.0.0/24}}], ports: [{protocol: UDP, port: 53}]},
           {ports: [{protocol: UDP, port: 8080}]},
           {ports: [{protocol: UDP, port: 9000, endPort: 9999}]}]}}
        ---
        {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: keep-out},
         spec: {tier: Admin, priority: 1, subject: {namespaces: {matchLabels: {team: shop}}}, ingress: [
           {name: no-p2, action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: p2}}}}]}]}}
        """;

    private const string Hosts = """
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: edge, labels: {role: edge}},
         spec: {node: n1, interfaceName: eth0}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: stateless},
         spec: {selector: "role == 'edge'", doNotTrack: true, applyOnForward: true, ingress: [
           {action: Deny, protocol: UDP, source: {nets: [192.0.2.1/32]}, destination: {ports: [53]}}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: published},
         spec: {selector: "role == 'edge'", preDNAT: true, applyOnForward: true, ingress: [
           {action: Deny, protocol: UDP, source: {nets: [192.0.2.1/32]}, destination: {ports: ["8000:9000"]}}]}}
        """;

    private const string Unused = "keep-out [0] 0, shop/db [0] 0, shop/db [1] 0, shop/wide [0] 0, shop/wide [1] 0, shop/wide [2] 0";

    private static readonly ReportOptions Counting = new() { CountsRules = true };
    private static readonly Address[] Pod = [.. Enumerable.Range(0, Pods).Select(i => Address.Parse(RandomCluster.AddressesOf(i, 0)[0]))];

    private readonly ManualTime _time = new();
    private KernelCluster _kernel = null!;
    private ProbeNetwork _network = null!;
    private NodePolicy _policy = null!;
    private RuleTotals _totals = null!;
    private RuleCountReader? _reader;

    [SetUp]
    public void Put_a_cluster_into_a_kernel()
    {
        Requires.Root();
        _kernel = new KernelCluster(Pods, backend);
        _network = new ProbeNetwork(_kernel, [53, 80, 8080, 9001]);
        Start(Counting);
    }

    [TearDown]
    public void Remove_it()
    {
        _reader?.Dispose();
        _totals?.Dispose();
        _network?.Dispose();
        _kernel?.Dispose();
    }

    [Test]
    public async Task Each_packet_is_counted_for_the_rule_that_decides_it_and_rules_without_any_are_shown()
    {
        Assert.That(await Counts(), Is.EqualTo(Unused));
        Send(3, Pod[0], Pod[1], 53);
        Send(2, Pod[2], Pod[1], 53);
        Send(1, RandomCluster.Externals[0], Pod[1], 80);
        Send(4, RandomCluster.Externals[0], Pod[1], 8080);
        Send(5, Pod[0], Pod[1], 8080);
        Send(2, Pod[0], Pod[1], 80);
        Send(6, Pod[0], Pod[1], 9001);

        // Rules of two policies allow the first and the fourth: they are counted for the one that is asked first, as explain has it.
        Assert.That(await Counts(), Is.EqualTo(
            "keep-out [0] 2, shop/db [0] 3, shop/db [1] 5, shop/wide [0] 0, shop/wide [1] 5, shop/wide [2] 6; default denies 2"));
    }

    [Test]
    public async Task Rules_of_host_endpoints_count_wherever_on_a_packets_way_they_are_asked()
    {
        Start(Counting, Manifests + "\n" + Hosts);
        Send(3, RandomCluster.Externals[0], Pod[1], 53);
        Send(2, RandomCluster.Externals[0], Pod[1], 8080);
        Assert.That(await Counts(), Does.StartWith(
            "keep-out [0] 0, published [0] 2, shop/db [0] 0, shop/db [1] 0, shop/wide [0] 0, shop/wide [1] 0, shop/wide [2] 0, stateless [0] 3"));
    }

    [Test]
    public async Task Numbers_go_on_over_a_change_of_policies()
    {
        Send(3, Pod[0], Pod[1], 53);
        Send(2, RandomCluster.Externals[0], Pod[1], 80);
        Send(1, Pod[0], Pod[1], 80);

        // Another rule comes before both, so that elements stand for other rules, and the CIDR's go.
        var db = Yaml.Cluster(Manifests).Policies[PolicyKey.NetworkPolicy("shop", "db")];
        _policy.UpsertPolicy(db with
        {
            Ingress = new RuleSet(
            [
                new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Udp, 80, 80)], "spec.ingress[0]"),
                db.Ingress!.Rules[0] with { Field = "spec.ingress[1]" },
            ]),
        });
        Commit();
        Assert.That(await Counts(), Is.EqualTo(
            "keep-out [0] 0, shop/db [0] 3, shop/db [1] 2, shop/wide [0] 0, shop/wide [1] 0, shop/wide [2] 0; default denies 1"), "nothing is lost");

        Send(4, Pod[0], Pod[1], 53);
        Send(5, Pod[0], Pod[1], 80);
        _policy.RemovePolicy(PolicyKey.NetworkPolicy("shop", "wide"));
        Commit();
        Send(1, RandomCluster.Externals[0], Pod[1], 8080);
        Assert.That(await Counts(), Is.EqualTo("keep-out [0] 0, shop/db [0] 8, shop/db [1] 6; default denies 2"));
    }

    [Test]
    public async Task An_agent_that_starts_again_reads_what_was_counted_and_changes_nothing()
    {
        Send(3, Pod[0], Pod[1], 53);
        Send(2, Pod[2], Pod[1], 80);
        var before = await Counts();
        var listing = Listing();
        Start(Counting);
        Assert.That(Listing(), Is.EqualTo(listing));
        Assert.That(await Counts(), Is.EqualTo(before));
        Send(1, Pod[0], Pod[1], 53);
        Assert.That(await Counts(), Is.EqualTo(
            "keep-out [0] 2, shop/db [0] 4, shop/db [1] 0, shop/wide [0] 0, shop/wide [1] 0, shop/wide [2] 0"));
    }

    [Test]
    public async Task Counting_is_switched_off_and_on_by_starting_again()
    {
        var counted = Listing();
        Send(3, Pod[0], Pod[1], 53);
        Start(new ReportOptions());
        var plain = Listing();
        Assert.That(plain, Is.Not.EqualTo(counted));
        Assert.That(_network.Send([new Probe(Pod[0], Pod[1], TransportProtocol.Udp, 53)]), Has.Count.EqualTo(1));
        Start(Counting);
        Assert.That(Listing(), Is.EqualTo(counted));
        Assert.That(await Counts(), Is.EqualTo(Unused), "sets made anew count from zero");
        Send(1, Pod[0], Pod[1], 53);
        Assert.That(await Counts(), Does.Contain("shop/db [0] 1"));
    }

    [Test]
    public void Whatever_clusters_say_packets_are_counted_as_the_evaluator_says()
    {
        Gen.Int.Sample(
            seed =>
            {
                var luck = new RandomCluster(seed);
                var cluster = luck.Make(Pods, policies: 6, nodes: 1);
                cluster = seed % 2 == 0 ? cluster : luck.Anything(cluster);
                Start(SimulatedCluster.Node(cluster, RandomCluster.Nodes[0], Counting));
                var expectation = new CountExpectation(cluster);
                var probes = Probes(cluster).ToList();
                var expected = probes.SelectMany(probe => expectation.Of(
                        new Flow(new FlowEnd.Address(probe.From), new FlowEnd.Address(probe.To), probe.Protocol, probe.Port)))
                    .CountBy(rule => rule).Select(count => $"{count.Key} {count.Value}").Order().ToList();

                // What a pod's kernel says by itself meets its rules, too: seldom, and not always.
                for (var attempt = 1; ; attempt++)
                {
                    var before = All();
                    _network.Send(probes);
                    var counted = All().Where(count => count.Rule.Policy is not null || count.Rule.Verdict != CountedVerdict.Pass)
                        .Select(count => (count.Rule, Packets: count.Count.Packets - (before.Find(one => one.Rule == count.Rule)?.Count.Packets ?? 0)))
                        .Where(count => count.Packets > 0).Select(count => $"{count.Rule} {count.Packets}").Order();
                    if (attempt == 3 || counted.SequenceEqual(expected))
                    {
                        Assert.That(counted, Is.EqualTo(expected), $"seed {seed}");
                        break;
                    }
                }
            },
            iter: backend == FilterBackend.Nftables ? 20 : 5,
            threads: 1); // one kernel
    }

    private void Start(ReportOptions reports, string manifests = Manifests)
    {
        var cluster = Yaml.Cluster(manifests);
        Start(SimulatedCluster.Node(
            cluster with
            {
                Pods = cluster.Pods.AddRange(Enumerable.Range(0, Pods).Select(i => new PodView
                {
                    Name = new NamespacedName("shop", $"p{i}"),
                    NodeName = RandomCluster.Nodes[0],
                    Labels = LabelSet.Empty.With("app", $"p{i}"),
                    Addresses = RandomCluster.AddressesOf(i, 0).Select(Address.Parse).ToEquatableArray(),
                }).Select(pod => KeyValuePair.Create(pod.Name, pod))),
            },
            RandomCluster.Nodes[0], reports));
    }

    /// <summary>As an agent does that finds what another has left.</summary>
    private void Start(NodePolicy policy)
    {
        _reader?.Dispose();
        _kernel.Restart();
        _policy = policy;
        _totals = RuleTotals.Of(policy, _kernel.OpenRules());
        _reader = new RuleCountReader(new DirectReader(policy), _totals, _time);
        Commit();
    }

    private void Commit()
    {
        var ruleset = _policy.Compile();
        _kernel.Apply(ruleset);
        _totals.OnCommitted(ruleset);
    }

    private string Listing() => backend.Listing(_kernel.Node);

    private void Send(int count, Address from, Address to, ushort port)
    {
        for (var i = 0; i < count; i++)
        {
            _network.Send([new Probe(from, to, TransportProtocol.Udp, port)]);
        }
    }

    private async Task<string> Counts()
    {
        _time.Advance(RuleCountReader.Least);
        var all = await _reader!.ReadAsync(default);
        var rules = all.Where(count => count.Rule.Policy is not null)
            .Select(count => $"{count.Rule.Policy!.Value.Name.ToString().TrimStart('/')} {count.Rule.Field!.Replace("spec.ingress", "", StringComparison.Ordinal)} {count.Count.Packets}").Order(StringComparer.Ordinal);
        var ends = all.Where(count => count.Rule is { Policy: null, Verdict: CountedVerdict.Deny } && count.Count.Packets > 0)
            .Select(count => $"; {count.Rule.Tier} denies {count.Count.Packets}");
        return string.Join(", ", rules) + string.Concat(ends);
    }

    private List<RuleCount> All()
    {
        _time.Advance(RuleCountReader.Least);
        return [.. _reader!.ReadAsync(default).GetAwaiter().GetResult()];
    }

    /// <summary>Between all addresses there are but the node's, which sends what it likes.</summary>
    private static IEnumerable<Probe> Probes(ClusterView cluster)
    {
        var ends = cluster.Pods.Values.Where(pod => pod.IsSelectable)
            .SelectMany(pod => pod.Addresses.Items.Select(address => (address, home: pod.Name.Name)))
            .Concat(RandomCluster.Externals.Select(address => (address, home: "outside"))).ToList();
        return from a in ends
               from b in ends
               where a.home != b.home && a.address.Family == b.address.Family
               from port in new ushort[] { 53, 80, 8080 }
               select new Probe(a.address, b.address, TransportProtocol.Udp, port);
    }

    private sealed class DirectReader(NodePolicy policy) : IPolicyReader
    {
        public Task<T> ReadAsync<T>(Func<NodePolicy, T> look, CancellationToken cancellationToken) => Task.FromResult(look(policy));
    }
}
