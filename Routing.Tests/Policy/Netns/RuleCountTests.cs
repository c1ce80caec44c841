using CsCheck;
using Routing.Agent.Dataplane;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets through a kernel, and for which rule of which policy they are counted.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
public class RuleCountTests(FilterBackend backend) : RuleCountFixture
{
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
        Policy.UpsertPolicy(db with
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
        Policy.RemovePolicy(PolicyKey.NetworkPolicy("shop", "wide"));
        Commit();
        Send(1, RandomCluster.Externals[0], Pod[1], 8080);
        Assert.That(await Counts(), Is.EqualTo("keep-out [0] 0, shop/db [0] 8, shop/db [1] 6; default denies 2"));
    }

    [Test]
    public async Task Numbers_go_on_over_rules_that_are_written_anew()
    {
        Send(3, Pod[0], Pod[1], 9001);
        Send(3, Pod[0], Pod[1], 80);
        Assert.That(await Counts(), Does.EndWith("shop/wide [2] 3; default denies 3"));

        // With iptables another range of ports is another rule: the chain's rules begin anew, and count more than before.
        Widen(20000, 29999);
        Commit();
        Send(5, Pod[0], Pod[1], 9001);
        Send(5, Pod[0], Pod[1], 80);
        Assert.That(await Counts(), Does.EndWith("shop/wide [2] 8, shop/wide [3] 0; default denies 8"));
    }

    [Test]
    public async Task Numbers_go_on_over_a_repair_of_what_somebody_took_away()
    {
        Send(3, Pod[0], Pod[1], 53);
        Send(3, Pod[0], Pod[1], 9001);
        Send(3, Pod[0], Pod[1], 80);
        Assert.That(await Counts(), Does.Contain("shop/db [0] 3,").And.EndWith("shop/wide [2] 3; default denies 3"));
        var listing = Listing();
        Remove();
        Kernel.Apply(Policy.Compiled);
        Assert.That(Listing(), Is.EqualTo(listing));
        Send(5, Pod[0], Pod[1], 53);
        Send(5, Pod[0], Pod[1], 9001);
        Send(5, Pod[0], Pod[1], 80);
        Assert.That(await Counts(), Does.Contain("shop/db [0] 8,").And.EndWith("shop/wide [2] 8; default denies 8"));
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
        Assert.That(Network.Send([new Probe(Pod[0], Pod[1], TransportProtocol.Udp, 53)]), Has.Count.EqualTo(1));
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
                    Network.Send(probes);
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

    private protected override IRulesetApplier Open(TestNamespace node) => backend.Open(node);

    /// <summary>Takes all rules and sets away, as nobody should.</summary>
    private void Remove()
    {
        if (backend == FilterBackend.Nftables)
        {
            Kernel.Node.Nft("delete table inet routing");
            return;
        }

        var kind = backend == FilterBackend.IptablesNft ? "nft" : "legacy";
        foreach (var arguments in from program in new[] { $"iptables-{kind}", $"ip6tables-{kind}" }
                                  from table in new[] { "filter", "raw", "mangle" }
                                  from verb in new[] { "-F", "-X" }
                                  select new[] { program, "-t", table, verb })
        {
            Kernel.Node.Run(arguments[0], arguments[1..]);
        }

        Kernel.Node.Run("ipset", "destroy");
    }

    private string Listing() => backend.Listing(Kernel.Node);

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
}
