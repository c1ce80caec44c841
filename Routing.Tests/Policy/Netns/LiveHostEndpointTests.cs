using System.Collections.Immutable;
using Routing.Agent.Dataplane.Live;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>`routing policy explain --live` of flows to, from and through a node whose interfaces are host endpoints, beside real
/// packets.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
public sealed class LiveHostEndpointTests(FilterBackend backend) : LiveExplainFixture(backend)
{
    private const string Node = "172.16.0.1";

    private const string Hosts = """
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: edge, labels: {role: edge}}
        spec: {node: n0, interfaceName: eth0}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: stateless}
        spec:
          selector: role == 'edge'
          doNotTrack: true
          applyOnForward: true
          ingress: [{action: Allow, protocol: UDP, source: {nets: [192.0.2.1/32]}, destination: {ports: [53]}}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: published}
        spec:
          selector: role == 'edge'
          preDNAT: true
          applyOnForward: true
          ingress: [{action: Deny, protocol: UDP, source: {nets: [192.0.2.130/32]}}]
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: through}
        spec:
          selector: role == 'edge'
          applyOnForward: true
          order: 1
          types: [Egress]
          egress:
          - {action: Deny, protocol: UDP, destination: {nets: [198.51.100.0/24]}}
          - {action: Allow, source: {nets: [10.1.0.0/16]}}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: processes}
        spec:
          selector: role == 'edge'
          order: 2
          types: [Ingress, Egress]
          ingress: [{action: Allow, protocol: UDP, source: {nets: [192.0.2.1/32]}, destination: {ports: [80]}}]
        """;

    [TestCase("192.0.2.1", Node, (ushort)53, true,
        "ingress before tracking to host endpoint edge is allowed by GlobalNetworkPolicy stateless at spec.ingress[0]")]
    [TestCase("192.0.2.130", Node, (ushort)80, false,
        "ingress before translation to host endpoint edge is denied by GlobalNetworkPolicy published at spec.ingress[0]")]
    [TestCase("192.0.2.1", Node, (ushort)80, true, "ingress to host endpoint edge is allowed by GlobalNetworkPolicy processes at spec.ingress[0]")]
    [TestCase("198.51.100.7", Node, (ushort)80, false, "ingress to host endpoint edge is denied: GlobalNetworkPolicy")]
    [TestCase(Node, "192.0.2.1", (ushort)53, true, "egress from host endpoint edge is allowed: a fail-safe port")]
    [TestCase(Node, "192.0.2.1", (ushort)80, false, "egress from host endpoint edge is denied: GlobalNetworkPolicy")]
    [TestCase("shop/p2", "198.51.100.7", (ushort)80, false,
        "forwarding out by host endpoint edge is denied by GlobalNetworkPolicy through at spec.egress[0]")]
    [TestCase("192.0.2.130", "shop/p2", (ushort)80, false,
        "ingress before translation to host endpoint edge is denied by GlobalNetworkPolicy published at spec.ingress[0]")]
    public async Task The_place_that_decides_is_told_and_packets_do_so(string from, string to, ushort port, bool passes, string reason)
    {
        var hosts = Yaml.Cluster(Hosts);
        Put(cluster => cluster with { HostEndpoints = hosts.HostEndpoints, Policies = cluster.Policies.AddRange(hosts.Policies) });
        var probe = new Probe(AddressOf(from), AddressOf(to), TransportProtocol.Udp, port);
        Assert.That(WronglyTreated([(probe, passes)]), Is.Empty);

        if (!reason.Contains("fail-safe", StringComparison.Ordinal))
        {
            var direction = reason.StartsWith("ingress", StringComparison.Ordinal) ? "ingress" : "egress";
            Assert.That(Counted(direction, passes ? "allow" : "deny"), Is.Positive);
        }

        var reply = await Explain(from, to, port);
        Assert.Multiple(() =>
        {
            Assert.That(
                (reply.Agrees, reply.Families[0].Verdict, reply.Families[0].Link),
                Is.EqualTo((true, passes ? "Passes" : "Drops", SimulatedCluster.Uplink)), Text(reply));
            Assert.That(reply.Families[0].Differences, Is.Empty);
            Assert.That(Text(reply), Does.Contain(reason));
            Assert.That(reply.Families[0].Steps.Any(step => step.Action == "drop"), Is.EqualTo(!passes));
        });
    }

    [TestCase("192.0.2.1", Node, "ingress")]
    [TestCase(Node, "192.0.2.1", "egress")]
    public void What_a_host_endpoint_without_policies_denies_is_counted(string from, string to, string direction)
    {
        Put(cluster => cluster with { HostEndpoints = Yaml.Cluster(Hosts).HostEndpoints });
        var probe = new Probe(AddressOf(from), AddressOf(to), TransportProtocol.Udp, 80);
        Assert.That(Network.Send([probe]), Is.Empty);
        Assert.That(Counted(direction, "deny"), Is.Positive);
    }

    [Test]
    public async Task What_is_missing_in_a_host_endpoints_rules_is_a_disagreement()
    {
        var hosts = Yaml.Cluster(Hosts);
        Put(cluster => cluster with { HostEndpoints = hosts.HostEndpoints, Policies = cluster.Policies.AddRange(hosts.Policies) });
        if (Backend == FilterBackend.Nftables)
        {
            Kernel.Node.Nft("flush chain inet routing host-local-in");
        }
        else
        {
            Kernel.Node.Run(Backend == FilterBackend.IptablesNft ? "iptables-nft" : "iptables-legacy", "-w", "-F", "RT-host-local-in");
        }

        var reply = await Explain("198.51.100.7", Node, 80);
        Assert.That((reply.Agrees, reply.Families[0].Verdict, reply.Families[0].Policies), Is.EqualTo((false, "Passes", "Deny")));
        Assert.That(reply.Families[0].Differences, Is.Not.Empty);
    }

    [Test]
    public async Task Each_interface_by_which_a_flow_may_come_is_told_and_without_a_route_nothing()
    {
        var hosts = Yaml.Cluster(Hosts);
        Put(cluster => cluster with { HostEndpoints = hosts.HostEndpoints, Policies = cluster.Policies.AddRange(hosts.Policies) });
        Assert.That(
            () => Explain("203.0.113.1", Node, 80),
            Throws.TypeOf<LiveQuestionException>().With.Message.Contains(
                "no route of n0 says by which interface packets of 172.16.0.1 and 203.0.113.1 go"));

        Kernel.Node.Ip("link", "add", "eth9", "type", "veth", "peer", "name", "eth8");
        Kernel.Node.Ip("link", "set", "eth8", "up");
        Kernel.Node.Ip("link", "set", "eth9", "up");
        Kernel.Node.Ip("route", "add", "203.0.113.0/24", "nexthop", "dev", SimulatedCluster.Uplink, "nexthop", "dev", "eth9");
        var reply = await Explain("203.0.113.1", Node, 80);
        Assert.That(
            reply.Families.Select(family => (family.Link, family.Verdict, family.Agrees)),
            Is.EqualTo(new[] { (SimulatedCluster.Uplink, "Drops", true), ("eth9", "Passes", true) }));
        Assert.That(Text(reply), Does.StartWith("203.0.113.1 -> 172.16.0.1 UDP 80: depends on the interface by the rules of node n0"));
    }

    [Test]
    public async Task In_random_clusters_kernel_policies_and_packets_agree()
    {
        var far = RandomCluster.Externals.Select(address => $"{address}").ToList();
        string[] near = [Node, "fd00:ffff::1", "shop/p0", "shop/p2"];
        var asked = near.SelectMany(one => far.SelectMany(other => new[] { (From: one, To: other), (From: other, To: one) }))
            .Where(one => one.From.StartsWith("shop", StringComparison.Ordinal) || one.To.StartsWith("shop", StringComparison.Ordinal)
                || AddressOf(one.From).Family == AddressOf(one.To).Family).ToList();
        var (seen, links) = (new HashSet<(string, bool)>(), 0);
        for (var seed = 1; seed <= (Backend == FilterBackend.Nftables ? 10 : 2); seed++)
        {
            var luck = new RandomCalico(seed);
            Policy.SetHostInterfaces([new HostInterface(SimulatedCluster.Uplink, [Address.Parse(Node), Address.Parse("fd00:ffff::1")])]);
            Put(cluster => cluster with
            {
                HostEndpoints = ImmutableDictionary<string, HostEndpointView>.Empty.Add("host-0", luck.HostEndpoint(0) with { NodeName = "n0" }),
                Policies = cluster.Policies.AddRange(Enumerable.Range(0, RandomCalico.HostPolicies).Select(luck.HostPolicy)
                    .Select(policy => KeyValuePair.Create(policy.Key, policy))),
            });
            var port = (ushort)(seed % 2 == 0 ? 80 : 53);
            var replies = new List<(Probe Probe, bool Passes)>();
            var texts = new Dictionary<Probe, string>();
            foreach (var (from, to) in asked.Where((_, place) => Backend == FilterBackend.Nftables || place % 4 == seed))
            {
                var reply = await Explain(from, to, port);
                Assert.That(reply.Agrees, $"{seed}: {Text(reply)}");
                Assert.That(reply.Families.SelectMany(family => family.Differences), Is.Empty);
                foreach (var family in reply.Families)
                {
                    var probe = new Probe(Address.Parse(family.Source), Address.Parse(family.Destination), TransportProtocol.Udp, port);
                    replies.Add((probe, family.Verdict == "Passes"));
                    texts[probe] = $"{seed}: {Text(reply)}";
                    seen.UnionWith(
                        from reason in family.Reasons
                        let end = reason.Text.IndexOf(" host endpoint", StringComparison.Ordinal)
                        where end >= 0
                        select (reason.Text[..end], family.Verdict == "Passes"));
                    links += family.Link == SimulatedCluster.Uplink ? 1 : 0;
                }
            }

            Forget();
            Assert.That(WronglyTreated(replies).Select(probe => texts[probe]), Is.Empty);
        }

        Assert.That(links, Is.Positive);
        Assert.That(seen, Has.Count.GreaterThan(Backend == FilterBackend.Nftables ? 6 : 2), string.Join(", ", seen));
    }

    /// <summary>Packets that the rules have counted so.</summary>
    private long Counted(string direction, string verdict)
    {
        using var rules = Kernel.OpenRules();
        return rules.CountVerdicts().Where(tally => (tally.Direction, tally.Verdict) == (direction, verdict)).Sum(tally => tally.Count.Packets);
    }

    /// <summary>Those that arrive and must not, or the reverse. A packet that was late on a busy machine is sent again: what is wrong in
    /// the rules stays wrong.</summary>
    private List<Probe> WronglyTreated(IReadOnlyList<(Probe Probe, bool Passes)> probes)
    {
        var wrong = probes.ToList();
        for (var attempt = 0; attempt < 4 && wrong.Count > 0; attempt++)
        {
            var arrived = Network.Send([.. wrong.Select(one => one.Probe)]);
            wrong.RemoveAll(one => arrived.Contains(one.Probe) == one.Passes);
        }

        return wrong.ConvertAll(one => one.Probe);
    }

    /// <summary>A datagram of an earlier round may be the question to one of this round's answers.</summary>
    private void Forget()
    {
        using var conntrack = Routing.Agent.Netlink.Netfilter.ConntrackNetlink.Open(Kernel.Node.Inner);
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            conntrack.Delete(conntrack.List(family, _ => true));
        }
    }

    private static Address AddressOf(string end) =>
        Address.Parse(end.Contains("/p", StringComparison.Ordinal) ? RandomCluster.AddressesOf(end[^1] - '0', 0)[0] : end);
}
