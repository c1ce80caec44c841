using CsCheck;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Tests.Policy.Netns;

namespace Routing.Tests.Policy;

/// <summary>What elements and rules count is what the evaluator says decided, on paper: the rules are walked, and what they would count
/// is asked for.</summary>
public class RuleCountPropertyTests
{
    private static readonly ReportOptions Counting = new() { CountsRules = true };

    [Test]
    public void A_packet_is_counted_for_the_rules_that_decide_it() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Make(policies: 10, nodes: 1);
            cluster = (seed & 3) switch { 0 => cluster, 1 => luck.Tiered(cluster), _ => luck.Anything(cluster) };
            var node = SimulatedCluster.Node(cluster, RandomCluster.Nodes[0], Counting);
            node.Compile();
            Compare(node, cluster, $"seed {seed}");
        },
        iter: 60);

    [Test]
    public void Changes_leave_each_element_to_the_rule_that_it_stands_for_then() => Gen.Int.Sample(
        seed =>
        {
            var changes = new RandomChanges(seed, pods: 7, Counting);
            for (var i = 0; i < 24; i++)
            {
                var what = changes.Step();
                changes.Policy.Compile();
                if (i % 4 == 0)
                {
                    Compare(changes.Policy, changes.Cluster, $"seed {seed}, change {i}: {what}");
                }
            }
        },
        iter: 5);

    [Test]
    public void Every_rule_of_every_policy_that_selects_a_pod_is_told_of_also_unused() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Tiered(luck.Make(policies: 8, nodes: 1));
            var node = SimulatedCluster.Node(cluster, RandomCluster.Nodes[0], Counting);
            node.Compile();
            var expected =
                from status in node.Policies()
                where status.LocalPods.Count > 0
                let policy = cluster.Policies[status.Policy]
                from direction in status.Types.Items
                from rule in policy.Rules(direction)!.Rules.Items
                select (status.Policy, direction, rule.Field);
            Assert.That(
                node.CountedRules().Where(rule => rule.Policy is not null).Select(rule => (rule.Policy!.Value, rule.Direction, rule.Field!)),
                Is.SupersetOf(expected.Distinct()), $"seed {seed}");
        },
        iter: 30);

    private static void Compare(NodePolicy node, ClusterView cluster, string what)
    {
        if (EveryKind.IsTooDeep(node.Compiled))
        {
            return; // what is closed for that is no policy's doing
        }

        var expectation = new CountExpectation(cluster);
        var simulator = new RulesetSimulator(node.Compiled, isIndexed: true);
        foreach (var packet in Packets(node, cluster))
        {
            var counted = new List<CountSubject>();
            simulator.Matched = (chain, place) => counted.AddRange(Counts(node, simulator, chain, place, packet));
            simulator.Passes(packet);
            var flow = new Flow(
                new FlowEnd.Address(packet.Source), new FlowEnd.Address(packet.Destination), packet.Protocol, packet.Port);
            Assert.That(
                counted.Where(rule => rule.Policy is not null || rule.Verdict != CountedVerdict.Pass), Is.EqualTo(expectation.Of(flow)),
                () => $"{what}: {packet}");
        }
    }

    private static IEnumerable<CountSubject> Counts(
        NodePolicy node, RulesetSimulator simulator, Routing.Policy.Rules.Chain chain, int place, Packet packet)
    {
        if (node.CountedFor(chain.Name, place) is { } counted)
        {
            Assert.That(chain.Rules[place].IsCounted);
            yield return counted;
        }

        foreach (var lookup in chain.Rules[place].Matches.OfType<Routing.Policy.Rules.Match.InSet>())
        {
            if (node.Compiled.Sets[lookup.SetName].IsCounted
                && node.CountedFor(lookup.SetName, simulator.Find(lookup.SetName, packet)!.Value) is { } found)
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<Packet> Packets(NodePolicy node, ClusterView cluster)
    {
        var pods = cluster.Pods.Values.Where(pod => pod.IsSelectable && node.IsOpen(SimulatedCluster.Interface(pod)))
            .SelectMany(pod => pod.Addresses.Items.Select(address => (Interface: SimulatedCluster.Interface(pod), Address: address))).ToList();
        var ends = pods.Concat(RandomCluster.Externals.Select(address => (Interface: SimulatedCluster.Uplink, Address: address))).ToList();
        return from a in ends
               from b in ends
               where a.Interface != b.Interface && a.Address.Family == b.Address.Family
               from protocol in TransportProtocolExtensions.OfContainers
               from port in RandomCluster.Ports
               select new Packet(a.Interface, b.Interface, a.Address, b.Address, protocol, port);
    }
}
