using System.Collections.Immutable;
using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>The specification against real packets through the kernel's rules.</summary>
[Category("Netns")]
public class KernelPropertyTests
{
    private const int Pods = 7;
    private static readonly ushort[] Ports = [53, 80, 8080];

    [TestCase(FilterBackend.Nftables, 25)]
    [TestCase(FilterBackend.IptablesNft, 8)]
    [TestCase(FilterBackend.IptablesLegacy, 4)]
    public void Packets_do_what_the_evaluator_says(FilterBackend backend, int clusters) => Compare(
        clusters, backend, (luck, cluster) => luck.Anything(cluster), (kernel, ruleset) => kernel.Apply(ruleset));

    [Test]
    public void Packets_do_the_same_through_the_text_for_iptables_alone() => Compare(
        5, FilterBackend.Nftables, (luck, cluster) => luck.Tiered(cluster), (kernel, ruleset) => kernel.ApplyIptables(ruleset));

    private static void Compare(
        int clusters, FilterBackend backend, Func<RandomCluster, ClusterView, ClusterView> enrich,
        Action<KernelCluster, Ruleset> apply)
    {
        Requires.Root();
        using var kernel = new KernelCluster(Pods, backend);
        using var network = new ProbeNetwork(kernel, Ports);
        var (flows, passed) = (0, 0);
        Gen.Int.Sample(
            seed =>
            {
                // Half of them with NetworkPolicy alone, half with more.
                var luck = new RandomCluster(seed);
                var cluster = luck.Make(Pods, policies: 6, nodes: 1);
                cluster = seed % 2 == 0 ? cluster : enrich(luck, cluster);
                apply(kernel, SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]));
                var evaluator = new PolicyEvaluator(cluster);
                var probes = Probes(cluster).ToList();
                var arrived = network.Send(probes);
                (flows, passed) = (flows + probes.Count, passed + arrived.Count);
                var wrong = Wrong(probes, arrived, evaluator);

                // A packet that was late on a busy machine is sent again: what is wrong in the rules stays wrong.
                for (var again = 0; again < 3 && wrong.Count > 0; again++)
                {
                    wrong = Wrong(wrong, network.Send(wrong), evaluator);
                }

                Assert.That(wrong.Select(probe => $"{probe}: {string.Join("; ", Verdict(probe, evaluator).Reasons)}"), Is.Empty);
            },
            iter: clusters,
            threads: 1); // one kernel
        TestContext.Out.WriteLine($"{flows} flows over {clusters} clusters, {passed} arrived");
        Assert.That(passed, Is.InRange(flows / 5, flows * 19 / 20), "clusters that allow many and deny many");
    }

    [Test]
    public void A_pod_can_send_from_its_own_addresses_only()
    {
        Requires.Root();
        using var kernel = new KernelCluster(3);
        var pods = Enumerable.Range(0, 3).Select(i => new PodView
        {
            Name = new NamespacedName("red", $"p{i}"),
            NodeName = RandomCluster.Nodes[0],
            Addresses = RandomCluster.AddressesOf(i, 0).Select(Address.Parse).ToEquatableArray(),
        }).ToDictionary(pod => pod.Name);
        kernel.Apply(SimulatedCluster.Compile(
            new ClusterView
            {
                Pods = pods.ToImmutableDictionary(),
                Namespaces = ImmutableDictionary<string, NamespaceView>.Empty.Add("red", NamespaceView.Bare("red")),
            },
            RandomCluster.Nodes[0]));

        foreach (var address in pods[new NamespacedName("red", "p1")].Addresses)
        {
            kernel.Take(address, RandomCluster.AddressesOf(0, 0).Select(Address.Parse).First(own => own.Family == address.Family));
        }

        using var network = new ProbeNetwork(kernel, Ports);
        var genuine = Between(0, 2).ToList();
        Assert.That(network.Send(genuine), Is.EquivalentTo(genuine));
        Assert.That(network.Send([.. Between(1, 2)]), Is.Empty);

        IEnumerable<Probe> Between(int sender, int receiver) =>
            from pair in RandomCluster.AddressesOf(sender, 0).Zip(RandomCluster.AddressesOf(receiver, 0))
            from protocol in new[] { TransportProtocol.Udp, TransportProtocol.Sctp }
            select new Probe(Address.Parse(pair.First), Address.Parse(pair.Second), protocol, Ports[0]);
    }

    private static List<Probe> Wrong(List<Probe> probes, HashSet<Probe> arrived, PolicyEvaluator evaluator) =>
        [.. probes.Where(probe => arrived.Contains(probe) != Verdict(probe, evaluator).Allowed)];

    private static FamilyVerdict Verdict(Probe probe, PolicyEvaluator evaluator) =>
        evaluator.Evaluate(new Flow(
            new FlowEnd.Address(probe.From), new FlowEnd.Address(probe.To), probe.Protocol, probe.Port)).Families[0];

    /// <summary>Every pair of addresses that the cluster's pods, its node and the world have, every protocol and port.</summary>
    private static IEnumerable<Probe> Probes(ClusterView cluster)
    {
        var pods = cluster.Pods.Values.Where(pod => pod.IsSelectable)
            .SelectMany(pod => pod.Addresses.Items.Select(address => (address, home: pod.Name.Name)));
        var others = RandomCluster.Externals.Select(address => (address, home: "outside"))
            .Concat(cluster.Nodes[RandomCluster.Nodes[0]].Addresses.Items.Select(address => (address, home: "node")));
        var ends = pods.Concat(others).ToList();
        return from a in ends
               from b in ends
               where a.home != b.home && a.address.Family == b.address.Family
               from protocol in TransportProtocolExtensions.OfContainers
               from port in Ports
               select new Probe(a.address, b.address, protocol, port);
    }
}
