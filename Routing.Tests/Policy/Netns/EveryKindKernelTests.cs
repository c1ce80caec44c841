using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Policies of all kinds against real packets of all protocols: to, from and through a node, whose link may be a host
/// endpoint.</summary>
[Category("Netns")]
public class EveryKindKernelTests
{
    private const int Pods = 6;

    /// <summary>What is sent from each address to each.</summary>
    private static readonly Probe[] Questions =
    [
        Question(TransportProtocol.Tcp, 80), Question(TransportProtocol.Tcp, 22), Question(TransportProtocol.Tcp, 8080, isFromLowPort: true),
        Question(TransportProtocol.Udp, 81), Question(TransportProtocol.Udp, 53), Question(TransportProtocol.Udp, 68, isFromLowPort: true),
        Question(TransportProtocol.Sctp, 9000), Question(TransportProtocol.Sctp, 80, isFromLowPort: true),
        Question(TransportProtocol.UdpLite, 80), Question(RawPacket.Gre), Question(RawPacket.Unknown),
        Message(TransportProtocol.Icmp, 8, 0), Message(TransportProtocol.Icmp, 8, 1), Message(TransportProtocol.Icmp, 3, 1),
        Message(TransportProtocol.Icmp, 255, 7), Message(TransportProtocol.IcmpV6, 128, 0),
    ];

    [TestCase(FilterBackend.Nftables, 24)]
    [TestCase(FilterBackend.IptablesNft, 8)]
    [TestCase(FilterBackend.IptablesLegacy, 5)]
    public void Packets_do_what_policies_of_all_kinds_say(FilterBackend backend, int clusters)
    {
        Requires.Root();
        using var kernel = new KernelCluster(Pods, backend);
        using var network = new OnewayNetwork(kernel, [.. Questions.Select(one => one.Protocol).Distinct()]);
        var tally = new VerdictTally();
        Gen.Int.Sample(
            seed =>
            {
                var cluster = EveryKind.Make(seed, Pods, nodes: 1);
                var ruleset = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);
                kernel.Apply(ruleset);
                if (EveryKind.IsTooDeep(ruleset))
                {
                    return;
                }

                var evaluator = new PolicyEvaluator(cluster);
                var simulated = new SimulatedCluster(cluster);
                var probes = Probes(cluster, isUp: seed % 2 == 0).ToList();
                var verdicts = probes.ToDictionary(probe => probe, probe => evaluator.Evaluate(probe.ToFlow()));
                foreach (var (probe, verdict) in verdicts)
                {
                    tally.Add(probe.ToFlow(), verdict);
                    Assert.That(
                        simulated.Passes(Owner(cluster, probe.From), probe.From, Owner(cluster, probe.To), probe.To, probe.ToFlow()),
                        Is.EqualTo(verdict.Allowed), () => $"simulator, {probe}: {string.Join("; ", verdict.Families[0].Reasons)}");
                }

                // A packet that was late on a busy machine is sent again: what is wrong in the rules stays wrong.
                var wrong = probes;
                for (var attempt = 0; attempt < 4 && wrong.Count > 0; attempt++)
                {
                    var arrived = network.Send(wrong);
                    wrong = [.. wrong.Where(probe => arrived.Contains(probe) != verdicts[probe].Allowed)];
                }

                Assert.That(
                    wrong.Select(probe => $"{probe}: {string.Join("; ", verdicts[probe].Families[0].Reasons)}"), Is.Empty);
            },
            iter: clusters,
            threads: 1); // one kernel
        tally.CheckShare(least: 0.02); // of few clusters; many are asked in EveryKindPropertyTests
    }

    /// <summary>Sets by protocol and port do not see a packet that ends before its ports; the first that passes would open the
    /// way for the answers.</summary>
    [TestCase(FilterBackend.Nftables)]
    [TestCase(FilterBackend.IptablesNft)]
    [TestCase(FilterBackend.IptablesLegacy)]
    public void What_a_rule_denies_of_a_protocol_does_not_pass_for_being_short(FilterBackend backend)
    {
        Requires.Root();
        using var kernel = new KernelCluster(2, backend);
        using var network = new OnewayNetwork(kernel, [RawPacket.Gre]);
        var addresses = Enumerable.Range(0, 2).Select(i => RandomCluster.AddressesOf(i, 0)).ToList();
        kernel.Apply(SimulatedCluster.Compile(
            Yaml.Cluster($$$"""
                {apiVersion: v1, kind: Namespace, metadata: {name: default}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: p0}, spec: {nodeName: n1, containers: [{name: c, image: c}]},
                 status: {podIP: {{{addresses[0][0]}}}, podIPs: [{ip: {{{addresses[0][0]}}} }, {ip: "{{{addresses[0][1]}}}"}] } }
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: p1}, spec: {nodeName: n1, containers: [{name: c, image: c}]},
                 status: {podIP: {{{addresses[1][0]}}}, podIPs: [{ip: {{{addresses[1][0]}}} }, {ip: "{{{addresses[1][1]}}}"}] } }
                ---
                {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: no-tunnels},
                 spec: {types: [Egress], egress: [{action: Deny, protocol: {{{(int)RawPacket.Unknown}}} }, {action: Allow}]}}
                """),
            "n1"));
        foreach (var (from, to) in addresses[0].Zip(addresses[1]).Select(pair => (Address.Parse(pair.First), Address.Parse(pair.Second))))
        {
            using var receiver = kernel.Homes[to].Inner.Run(() => RawSocket.Open(to.Family, (int)RawPacket.Unknown));
            kernel.Homes[from].Inner.Run(() =>
            {
                using var sender = RawSocket.Open(from.Family, (int)RawPacket.Unknown);
                for (var length = 0; length <= 8; length++)
                {
                    sender.SendTo(new byte[length], new IPEndPoint(to.ToIPAddress(), 0));
                }
            });
            var allowed = Question(RawPacket.Gre) with { From = from, To = to };
            Assert.That(network.Send([allowed]), Is.EqualTo(new[] { allowed }), "what is sent later, by the same way");
            Assert.That(receiver.Poll(0, SelectMode.SelectRead), Is.False);
        }
    }

    /// <summary>What is left of ICMP without one type ends with the type that iptables takes for any.</summary>
    [TestCase(FilterBackend.Nftables)]
    [TestCase(FilterBackend.IptablesNft)]
    [TestCase(FilterBackend.IptablesLegacy)]
    public void All_of_ICMP_but_one_type_is_not_all_of_it(FilterBackend backend)
    {
        Requires.Root();
        using var kernel = new KernelCluster(2, backend);
        using var network = new OnewayNetwork(kernel, [TransportProtocol.Icmp, TransportProtocol.IcmpV6]);
        RuleSpec Rule(RuleVerdict verdict, PortSpec port) => new(verdict, [], [port], "");
        var policy = new PolicySpec
        {
            Key = PolicyKey.NetworkPolicy("red", "no-echo"),
            Subject = PodSelection.Everything,
            Ingress = new RuleSet([
                Rule(RuleVerdict.Deny, new PortSpec.Icmp(TransportProtocol.Icmp, 8, null)),
                Rule(RuleVerdict.Deny, new PortSpec.Icmp(TransportProtocol.IcmpV6, 128, null)),
                Rule(RuleVerdict.Allow, PortSpec.Numbers.All(TransportProtocol.Icmp)),
                Rule(RuleVerdict.Allow, PortSpec.Numbers.All(TransportProtocol.IcmpV6))]),
            Egress = null,
        };
        var cluster = new RandomCluster(1).Make(0, policies: 0) with { Pods = PodsWithAll(2) };
        kernel.Apply(SimulatedCluster.Compile(
            cluster with { Policies = cluster.Policies.Add(policy.Key, policy) }, RandomCluster.Nodes[0]));
        Probe[] messages =
        [
            Message(TransportProtocol.Icmp, 8, 0), Message(TransportProtocol.Icmp, 3, 1), Message(TransportProtocol.Icmp, 13, 0),
            Message(TransportProtocol.Icmp, 255, 0),
            Message(TransportProtocol.IcmpV6, 128, 0), Message(TransportProtocol.IcmpV6, 139, 0),
        ];
        var probes = messages.Select(message => (message.Protocol == TransportProtocol.Icmp ? 0 : 1) is var family
            ? message with
            {
                From = Address.Parse(RandomCluster.AddressesOf(0, 0)[family]), To = Address.Parse(RandomCluster.AddressesOf(1, 0)[family]),
            }
            : default).ToList();
        Assert.That(network.Send(probes), Is.EquivalentTo(probes.Where(probe => probe.IcmpType is not (8 or 128))));
    }

    /// <summary>Whoever is told by address, by net or not at all.</summary>
    [Test]
    public void What_denies_ICMP_but_one_type_denies_the_type_that_iptables_takes_for_any(
        [Values(FilterBackend.Nftables, FilterBackend.IptablesNft, FilterBackend.IptablesLegacy)] FilterBackend backend,
        [Values("", "source: {nets: [10.0.0.0/8]},", "source: {selector: has(app)},")] string source)
    {
        Requires.Root();
        using var kernel = new KernelCluster(2, backend);
        using var network = new OnewayNetwork(kernel, [TransportProtocol.Icmp]);
        var policies = Yaml.Cluster($$$"""
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: echo-only},
             spec: {types: [Ingress], ingress: [{action: Deny, {{{source}}} protocol: ICMP, notICMP: {type: 8} }, {action: Allow}]}}
            """).Policies;
        var cluster = new RandomCluster(1).Make(0, policies: 0) with
        {
            Pods = PodsWithAll(2).ToImmutableDictionary(
                pod => pod.Key, pod => pod.Value with { Labels = pod.Value.Labels.With("app", "any") }),
        };
        var ruleset = SimulatedCluster.Compile(cluster with { Policies = cluster.Policies.AddRange(policies) }, RandomCluster.Nodes[0]);
        kernel.Apply(ruleset);
        var probes = new[] { Message(TransportProtocol.Icmp, 8, 0), Message(TransportProtocol.Icmp, 255, 0), Message(TransportProtocol.Icmp, 255, 255), Message(TransportProtocol.Icmp, 13, 0) }
            .Select(message => message with
            {
                From = Address.Parse(RandomCluster.AddressesOf(0, 0)[0]), To = Address.Parse(RandomCluster.AddressesOf(1, 0)[0]),
            }).ToList();
        Assert.That(network.Send(probes), Is.EqualTo(probes.Take(1)));

        using var rules = kernel.OpenRules();
        var packet = new Packet("rt-p0", "rt-p1", probes[1].From, probes[1].To, TransportProtocol.Icmp, 0) { IcmpType = 255 };
        Assert.That(rules.Walk(packet, ruleset).Differences, Is.Empty, "it reads back as it was written");
    }

    /// <summary>A kernel refuses a ruleset whose chains are nested too deep, and with it all that changes later: whoever may write a
    /// policy would stop everybody's.</summary>
    [TestCase(FilterBackend.Nftables)]
    [TestCase(FilterBackend.IptablesNft)]
    [TestCase(FilterBackend.IptablesLegacy)]
    public void What_would_be_nested_too_deep_for_a_kernel_is_denied(FilterBackend backend)
    {
        Requires.Root();
        using var kernel = new KernelCluster(2, backend);
        using var network = new OnewayNetwork(kernel, [TransportProtocol.Udp]);
        var cluster = new RandomCluster(1).Make(0, policies: 0) with { Pods = PodsWithAll(2) };
        RuleSpec Allows(ushort port) => new(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Udp, port, port)], $"{port}")
        {
            SourcePorts = [new PortSpec.Numbers(TransportProtocol.Udp, 1, ushort.MaxValue)],
        };
        foreach (var isStaged in new[] { false, true })
        {
            var policy = new PolicySpec
            {
                Key = PolicyKey.NetworkPolicy("red", $"deep-{isStaged}"),
                Subject = PodSelection.Everything,
                Ingress = new RuleSet([.. Enumerable.Range(1, 40).Select(port => Allows((ushort)port))]),
                Egress = new RuleSet([.. Enumerable.Range(1, 40).Select(port => Allows((ushort)port))]),
                IsStaged = isStaged,
            };
            cluster = cluster with { Policies = cluster.Policies.Add(policy.Key, policy) };
            kernel.Apply(SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]));
            var (first, last) = (Between(0, 1, port: 1), Between(0, 1, port: 40));
            Assert.That(network.Send([first, last]), Is.EqualTo(new[] { first }));
        }

        static Probe Between(int from, int to, ushort port) =>
            Question(TransportProtocol.Udp, port) with { From = Address.Parse(RandomCluster.AddressesOf(from, 0)[0]), To = Address.Parse(RandomCluster.AddressesOf(to, 0)[0]) };
    }

    /// <summary>Pods with an address of each IP version.</summary>
    private static ImmutableDictionary<NamespacedName, PodView> PodsWithAll(int pods) => Enumerable.Range(0, pods).Select(i => new PodView
    {
        Name = new NamespacedName("red", $"p{i}"),
        NodeName = RandomCluster.Nodes[0],
        Addresses = RandomCluster.AddressesOf(i, 0).Select(Address.Parse).ToEquatableArray(),
    }).ToImmutableDictionary(pod => pod.Name);

    private static Probe Question(TransportProtocol protocol, ushort port = 0, bool isFromLowPort = false) =>
        new(default, default, protocol, port) { IsFromLowPort = isFromLowPort };

    private static Probe Message(TransportProtocol protocol, byte type, byte code) =>
        new(default, default, protocol, 0) { IcmpType = type, IcmpCode = code };

    private static PodView? Owner(ClusterView cluster, Address address) =>
        cluster.Pods.Values.FirstOrDefault(pod => pod.IsSelectable && pod.Addresses.Items.Contains(address));

    /// <summary>Every pair of addresses that the cluster's pods, its node and the world have, with every question; ICMP over its own
    /// IP version, as there is no other, and protocols without ports in one direction, as the other would be an answer.</summary>
    private static IEnumerable<Probe> Probes(ClusterView cluster, bool isUp)
    {
        var pods = cluster.Pods.Values.Where(pod => pod.IsSelectable)
            .SelectMany(pod => pod.Addresses.Items.Select(address => (address, home: pod.Name.Name)));
        var others = RandomCluster.Externals.Select(address => (address, home: "outside"))
            .Concat(cluster.Nodes[RandomCluster.Nodes[0]].Addresses.Items.Select(address => (address, home: "node")));
        var ends = pods.Concat(others).ToList();
        return from a in ends
               from b in ends
               where a.home != b.home && a.address.Family == b.address.Family
               from question in Questions
               where question.Protocol != (a.address.Family == IpFamily.V4 ? TransportProtocol.IcmpV6 : TransportProtocol.Icmp)
               where !OnewayNetwork.IsPortless(question.Protocol) || (a.address.Value > b.address.Value) == isUp
               select question with { From = a.address, To = b.address };
    }
}
