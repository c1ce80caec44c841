using CsCheck;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render;

namespace Routing.Tests.Policy;

public class CalicoPropertyTests
{
    private static readonly (TransportProtocol Protocol, ushort Port, byte Type)[] Questions =
    [
        (TransportProtocol.Tcp, 80, 0), (TransportProtocol.Tcp, 8080, 0), (TransportProtocol.Udp, 53, 0), (TransportProtocol.Udp, 81, 0),
        (TransportProtocol.Sctp, 9000, 0), (TransportProtocol.Icmp, 0, 8), (TransportProtocol.Icmp, 0, 0), ((TransportProtocol)47, 0, 0),
        (TransportProtocol.Tcp, 22, 0), (TransportProtocol.Udp, 67, 0), (TransportProtocol.IcmpV6, 0, 135),
    ];

    [Test]
    public void The_rules_of_Calicos_kinds_do_what_the_evaluator_says() => Gen.Int.Sample(
        seed =>
        {
            var cluster = new RandomCalico(seed).Around(new RandomCluster(seed).Make(policies: 3));
            var evaluator = new PolicyEvaluator(cluster);
            var nodes = new SimulatedCluster(cluster);
            foreach (var (from, to) in Pairs(cluster))
            {
                foreach (var (protocol, port, type) in Questions)
                {
                    var flow = new Flow(new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address), protocol, port) { IcmpType = type };
                    var expected = evaluator.Evaluate(flow);
                    Assert.That(
                        nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow), Is.EqualTo(expected.Allowed),
                        () => $"{flow}: {string.Join("; ", expected.Families[0].Reasons)}");
                }
            }
        },
        iter: 40);

    [Test]
    public void Any_order_of_the_same_changes_of_Calicos_kinds_ends_in_the_same_rules() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var luck = new RandomCalico(seed);
            var cluster = luck.Around(new RandomCluster(seed).Make(policies: 3));
            var node = new NodePolicy(RandomCluster.Nodes[0]);
            foreach (var endpoint in SimulatedCluster.Endpoints(cluster, RandomCluster.Nodes[0]))
            {
                node.SetEndpoint(endpoint);
            }

            node.SetHostInterfaces(SimulatedCluster.Uplinks(cluster, RandomCluster.Nodes[0]));
            node.Replace(cluster with { Policies = cluster.Policies.Clear() });
            for (var i = 0; i < 60; i++)
            {
                Disturb(node, luck, random, cluster);
                if (random.Next(3) == 0)
                {
                    node.Compile();
                }
            }

            node.Replace(cluster);
            node.SetHostInterfaces(SimulatedCluster.Uplinks(cluster, RandomCluster.Nodes[0]));
            var actual = node.Compile();
            var expected = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);
            Assert.That(NftablesRenderer.Render(actual), Is.EqualTo(NftablesRenderer.Render(expected)));
        },
        iter: 40);

    private static void Disturb(NodePolicy node, RandomCalico luck, Random random, ClusterView cluster)
    {
        var number = random.Next(6);
        var home = cluster.Namespaces.Values.ElementAt(random.Next(cluster.Namespaces.Count));
        switch (random.Next(17))
        {
            case 15:
                node.UpsertPolicy(luck.HostPolicy(number % 4));
                break;
            case 16:
                node.RemovePolicy(luck.HostPolicy(number % 4).Key);
                break;
            case 12:
                node.UpsertHostEndpoint(luck.HostEndpoint(number % 2));
                break;
            case 13:
                node.RemoveHostEndpoint(luck.HostEndpoint(number % 2).Name);
                break;
            case 14:
                node.SetHostInterfaces(random.Next(2) == 0 ? [] : SimulatedCluster.Uplinks(cluster, RandomCluster.Nodes[0]));
                break;
            case 0:
                node.UpsertNetworkSet(luck.NetworkSet(number % 4));
                break;
            case 1:
                node.RemoveNetworkSet(luck.NetworkSet(number % 4).Name);
                break;
            case 2:
                node.UpsertServiceSlice(luck.Slice(number % 3));
                break;
            case 3:
                node.RemoveServiceSlice(luck.Slice(number % 3).Name);
                break;
            case 4:
                node.UpsertTier(new Tier(random.Next(3) * 1_000_000, random.Next(2) == 0 ? "first" : "missing", random.Next(2) == 0));
                break;
            case 5:
                node.RemoveTier(random.Next(2) == 0 ? "first" : "last");
                break;
            case 6:
                node.UpsertServiceAccount(new ServiceAccountView(
                    new NamespacedName(home.Name, $"sa{random.Next(3)}"), LabelSet.Empty.With("app", random.Next(2) == 0 ? "a" : "b")));
                break;
            case 7:
                node.RemoveServiceAccount(new NamespacedName(home.Name, $"sa{random.Next(3)}"));
                break;
            case 8:
                node.UpsertNamespace(home with { Labels = LabelSet.Empty.With("app", random.Next(2) == 0 ? "a" : "b") });
                break;
            case 9:
                node.RemovePolicy(luck.Policy(number).Key);
                break;
            default:
                node.UpsertPolicy(luck.Policy(number));
                break;
        }
    }

    private static IEnumerable<((PodView? Pod, Address Address) From, (PodView? Pod, Address Address) To)> Pairs(ClusterView cluster)
    {
        var ends = cluster.Pods.Values.Where(pod => pod.IsSelectable)
            .SelectMany(pod => pod.Addresses.Items.Select(address => ((PodView?)pod, address)))
            .Concat(RandomCluster.Externals.Select(address => ((PodView?)null, address)))
            .Concat(cluster.Nodes.Values.SelectMany(one => one.Addresses.Items.Select(address => ((PodView?)null, address))))
            .ToList();
        return from a in ends
               from b in ends
               where a.address.Family == b.address.Family
               select (a, b);
    }
}
