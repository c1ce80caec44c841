using CsCheck;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render;
using Routing.Policy.Render.Iptables;

namespace Routing.Tests.Policy;

/// <summary>Clusters in which policies of all kinds stand side by side, in tiers, with all that they may refer to.</summary>
public class EveryKindPropertyTests
{
    private static readonly (TransportProtocol Protocol, ushort Port, byte Type)[] Questions =
    [
        (TransportProtocol.Tcp, 80, 0), (TransportProtocol.Tcp, 8080, 0), (TransportProtocol.Udp, 53, 0), (TransportProtocol.Udp, 81, 0),
        (TransportProtocol.Sctp, 9000, 0), (TransportProtocol.UdpLite, 80, 0), (TransportProtocol.Icmp, 0, 8), (TransportProtocol.Icmp, 0, 0),
        ((TransportProtocol)47, 0, 0), (TransportProtocol.Tcp, 22, 0), (TransportProtocol.Udp, 67, 0), (TransportProtocol.IcmpV6, 0, 135),
        (TransportProtocol.IcmpV6, 0, 128),
    ];

    [Test]
    public void The_rules_of_all_kinds_do_what_the_evaluator_says() => Gen.Int.Sample(
        seed =>
        {
            var cluster = EveryKind.Make(seed);
            if (cluster.Nodes.Keys.Any(node => EveryKind.IsTooDeep(SimulatedCluster.Compile(cluster, node))))
            {
                return;
            }

            var evaluator = new PolicyEvaluator(cluster);
            var nodes = new SimulatedCluster(cluster);
            foreach (var (from, to, flow) in Flows(cluster, isFromLowPort: seed % 2 == 0))
            {
                var expected = evaluator.Evaluate(flow);
                Assert.That(
                    nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow), Is.EqualTo(expected.Allowed),
                    () => $"{flow}: {string.Join("; ", expected.Families[0].Reasons)}");
            }
        },
        iter: 30);

    [Test]
    public void These_clusters_reach_every_kind_place_and_protocol()
    {
        var tally = new VerdictTally();
        for (var seed = 0; seed < 40; seed++)
        {
            var cluster = EveryKind.Make(seed, nodes: 1 + (seed % 2));
            var evaluator = new PolicyEvaluator(cluster);
            foreach (var (_, _, flow) in Flows(cluster, isFromLowPort: seed % 2 == 0))
            {
                tally.Add(flow, evaluator.Evaluate(flow));
            }
        }

        tally.CheckAll();
    }

    [Test]
    public void Any_order_and_batching_of_the_same_changes_of_all_kinds_ends_in_the_same_rules() => Gen.Int.Sample(
        seed =>
        {
            const string home = "n1";
            var random = new Random(seed);
            var cluster = EveryKind.Make(seed);
            var node = new NodePolicy(home);
            var before = node.Compile();
            void CompileAtTimes()
            {
                if (random.Next(3) == 0)
                {
                    var after = node.Compile();
                    CompilerPropertyTests.CheckEdits(before, after);
                    before = after;
                }
            }

            // The way there: things that come, change and go again.
            var luck = (Calico: new RandomCalico(seed), Others: new RandomCluster(seed), Wide: new RandomClusterPolicies(seed));
            for (var i = 0; i < 80; i++)
            {
                Disturb(node, luck.Calico, luck.Others, luck.Wide, random, cluster);
                CompileAtTimes();
            }

            // What is there in the end, list by list or one by one, in any order.
            List<Action> steps =
            [
                () => node.ReplacePods(cluster.Pods.Values),
                () => node.ReplaceNodes(cluster.Nodes.Values),
                () => node.ReplaceNamespaces(cluster.Namespaces.Values),
                () => node.ReplaceTiers(cluster.Tiers.Values),
                () => node.ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length > 0), areGlobal: false),
                () => node.ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length == 0), areGlobal: true),
                () => node.ReplaceHostEndpoints(cluster.HostEndpoints.Values),
                () => node.ReplaceServiceAccounts(cluster.ServiceAccounts.Values),
                () => node.ReplaceServiceSlices(cluster.ServiceSlices.Values),
                () => node.SetHostInterfaces(SimulatedCluster.Uplinks(cluster, home)),
                .. RandomCluster.Names.Select<DomainPattern, Action>(name => () => node.SetDomain(name, cluster.Domains[name])),
                .. Enum.GetValues<PolicyKind>().Select<PolicyKind, Action>(kind =>
                    () => node.ReplacePolicies(kind, cluster.Policies.Values.Where(policy => policy.Key.Kind == kind))),
                .. cluster.Policies.Values.Select<PolicySpec, Action>(policy => () => node.UpsertPolicy(policy)),
                .. Enumerable.Range(0, 12).Select<int, Action>(i => () => node.RemoveEndpoint($"rt-p{i}")),
            ];
            foreach (var step in steps.OrderBy(_ => random.Next()).ToList())
            {
                step();
                CompileAtTimes();
            }

            foreach (var endpoint in SimulatedCluster.Endpoints(cluster, home).OrderBy(_ => random.Next()))
            {
                node.SetEndpoint(endpoint);
                CompileAtTimes();
            }

            var actual = node.Compile();
            var expected = SimulatedCluster.Compile(cluster, home);
            Assert.That(NftablesRenderer.Render(actual), Is.EqualTo(NftablesRenderer.Render(expected)));
            Assert.That(IptablesFiles.Of(actual), Is.EqualTo(IptablesFiles.Of(expected)));
            Assert.That(node.Compile(), Is.SameAs(actual), "nothing changed since");
        },
        iter: 40);

    private static void Disturb(
        NodePolicy node, RandomCalico luck, RandomCluster others, RandomClusterPolicies wide, Random random, ClusterView cluster)
    {
        var number = random.Next(6);
        var home = cluster.Namespaces.Values.ElementAt(random.Next(cluster.Namespaces.Count));
        switch (random.Next(25))
        {
            case 17:
                node.UpsertPolicy(others.Policy(number));
                break;
            case 18:
                node.RemovePolicy(others.Policy(number).Key);
                break;
            case 19 or 20:
                node.UpsertPolicy(wide.Policy(number % 4));
                break;
            case 21:
                node.RemovePolicy(wide.Policy(number % 4).Key);
                break;
            case 22:
                node.SetDomain(RandomCluster.Names[number % RandomCluster.Names.Length], others.NameAddresses());
                break;
            case 23:
                node.UpsertPod(others.Pod(number + random.Next(6)) with { ServiceAccount = $"sa{random.Next(3)}" });
                break;
            case 24:
                var pod = others.Pod(number);
                node.SetEndpoint(new LocalEndpoint(SimulatedCluster.Interface(pod), pod.Name, "", pod.Addresses));
                break;
            case 15:
                node.UpsertPolicy(luck.HostPolicy(number % RandomCalico.HostPolicies));
                break;
            case 16:
                node.RemovePolicy(luck.HostPolicy(number % RandomCalico.HostPolicies).Key);
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
                node.UpsertServiceSlice(luck.Slice(number));
                break;
            case 3:
                node.RemoveServiceSlice(luck.Slice(number).Name);
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

    private static IEnumerable<((PodView? Pod, Address Address) From, (PodView? Pod, Address Address) To, Flow Flow)> Flows(
        ClusterView cluster, bool isFromLowPort) =>
        from pair in Pairs(cluster)
        from question in Questions
        select (pair.From, pair.To,
            new Flow(new FlowEnd.Address(pair.From.Address), new FlowEnd.Address(pair.To.Address), question.Protocol, question.Port)
            {
                IcmpType = question.Type,
                SourcePort = !question.Protocol.HasPorts() ? (ushort)0 : isFromLowPort ? (ushort)600 : Flow.EphemeralPort,
            });

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
