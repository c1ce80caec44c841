using System.Collections.Immutable;
using CsCheck;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class CompilerPropertyTests
{
    private static readonly (TransportProtocol Protocol, byte Type, byte Code)[] Messages =
    [
        (TransportProtocol.Icmp, 8, 0), (TransportProtocol.Icmp, 8, 1), (TransportProtocol.Icmp, 3, 1),
        (TransportProtocol.IcmpV6, 128, 0), ((TransportProtocol)47, 0, 0), ((TransportProtocol)50, 0, 0),
    ];

    [Test]
    public void The_rules_do_what_the_evaluator_says() => Gen.Int.Sample(
        seed =>
        {
            Compare(new RandomCluster(seed).Make());
        },
        iter: 60);

    [Test]
    public void Tiers_are_asked_in_order_by_both() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            Compare(luck.Tiered(luck.Make(policies: 10)));
        },
        iter: 60);

    [Test]
    public void Everything_that_rules_can_say_is_in_the_sets() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            Compare(luck.Anything(luck.Make(policies: 10)), messages: true);
        },
        iter: 80);

    /// <summary>Addresses that several pods show are one pod's, the same for all, with its labels and its names of ports.</summary>
    [Test]
    public void An_address_is_one_pods() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Contested(luck.Make());
            Compare(seed % 2 == 0 ? cluster : luck.Anything(cluster));
        },
        iter: 80);

    [Test]
    public void Rules_that_are_counted_do_the_same() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            Compare(luck.Anything(luck.Make(policies: 10)), messages: true, new ReportOptions { CountsRules = true });
        },
        iter: 40);

    /// <summary>What staged policies would deny passes by a chain that says so: with a drop there, packets do what they would with
    /// these policies enforced beside the others.</summary>
    [Test]
    public void What_staged_policies_would_deny_is_told_apart_and_passes() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Anything(luck.Make(policies: 10, nodes: 1));
            foreach (var (number, (key, policy)) in cluster.Policies.Where(one => one.Key.Kind == PolicyKind.NetworkPolicy).Take(4).Index())
            {
                // In place of another, beside it, and in place of nothing.
                var staged = NodePolicy.Enforceable(luck.Anything(policy)) with
                {
                    Key = key with { Kind = PolicyKind.StagedKubernetesNetworkPolicy },
                    IsStaged = true,
                    IsStagedDeletion = (seed + number) % 5 == 0,
                };
                cluster = cluster with { Policies = (seed % 3 == 0 ? cluster.Policies : cluster.Policies.Remove(key)).Add(staged.Key, staged) };
            }

            Compare(cluster, messages: true);
            var (asIs, withStaged) = (new PolicyEvaluator(cluster), new PolicyEvaluator(cluster.WithStaged()));
            var nodes = new SimulatedCluster(cluster, ruleset => ruleset with
            {
                Chains = ruleset.Chains.SetItems(ruleset.Chains.Where(chain => chain.Key.EndsWith("-staged", StringComparison.Ordinal))
                    .Select(chain => KeyValuePair.Create(
                        chain.Key, chain.Value with { Rules = [new Rule([], new RuleAction.Decide(Verdict.Drop), "")] }))),
            });
            var leavesRoom = Enum.GetValues<Direction>().All(direction => StagePlan.LeavesRoom(
                [.. cluster.Policies.Values.Where(policy => policy.Rules(direction) is not null)], new ProfileSide(direction)));
            foreach (var (from, to) in Pairs(cluster))
            {
                foreach (var port in RandomCluster.Ports)
                {
                    var flow = new Flow(new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address), TransportProtocol.Tcp, port);
                    var (now, then) = (asIs.Evaluate(flow).Allowed, withStaged.Evaluate(flow).Allowed);
                    Assert.That(
                        nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow),
                        leavesRoom ? Is.EqualTo(now && then) : Is.EqualTo(now).Or.EqualTo(now && then),
                        () => $"{flow}: {string.Join("; ", withStaged.Evaluate(flow).Families[0].Reasons)}");
                }
            }
        },
        iter: 40);

    /// <summary>Rules may be nested so deep only, and what is staged takes its part only where what is enforced does not need it.</summary>
    [Test]
    public void What_is_staged_leaves_what_is_enforced_its_room([Values(1, 3, 5)] int rulesWithSourcePorts)
    {
        RuleSet Allowing(int rules) => new([.. Enumerable.Range(1, rules).Select(port =>
            new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Tcp, (ushort)port, (ushort)port)], $"{port}")
            {
                SourcePorts = [new PortSpec.Numbers(TransportProtocol.Tcp, 1, ushort.MaxValue)],
            })]);
        var enforced = new PolicySpec
        {
            Key = PolicyKey.NetworkPolicy("red", "enforced"), Subject = PodSelection.Everything,
            Ingress = Allowing(rulesWithSourcePorts), Egress = null,
        };
        var staged = enforced with { Key = enforced.Key with { Kind = PolicyKind.StagedKubernetesNetworkPolicy }, Ingress = Allowing(0), IsStaged = true };
        var cluster = new RandomCluster(1).Make(policies: 0, nodes: 1);
        cluster = cluster with { Policies = new[] { enforced, staged }.ToImmutableSortedDictionary(policy => policy.Key, policy => policy) };
        var (nodes, evaluator) = (new SimulatedCluster(cluster), new PolicyEvaluator(cluster));
        foreach (var (from, to) in Pairs(cluster))
        {
            foreach (var port in Enumerable.Range(1, rulesWithSourcePorts + 1))
            {
                var flow = new Flow(new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address), TransportProtocol.Tcp, (ushort)port);
                Assert.That(
                    nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow), Is.EqualTo(evaluator.Evaluate(flow).Allowed), $"{flow}");
            }
        }
    }

    [Test]
    public void A_packet_meets_a_constant_number_of_look_ups() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Make(policies: 40);
            cluster = cluster with
            {
                Policies = cluster.Policies.ToImmutableSortedDictionary(
                    entry => entry.Key, entry => WithoutSourcePorts(luck.Anything(entry.Value))),
            };
            foreach (var chain in SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]).Chains.Values)
            {
                // Seven look-ups by address for each IP version and three without, each for three actions; a report and a
                // return for each that logs; the end, and the way to what is logged.
                Assert.That(chain.Rules, Has.Length.LessThanOrEqualTo((((7 * 2) + 3) * 3) + 2));
            }
        },
        iter: 20);

    [Test]
    public void Sets_looked_up_and_sets_walked_say_the_same() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Anything(luck.Make(policies: 10, nodes: 1));
            var ruleset = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);
            var (walked, lookedUp) = (new RulesetSimulator(ruleset), new RulesetSimulator(ruleset, isIndexed: true));
            foreach (var (from, to) in Pairs(cluster))
            {
                foreach (var port in RandomCluster.Ports)
                {
                    var packet = new Packet(
                        from.Pod is null ? "eth0" : SimulatedCluster.Interface(from.Pod),
                        to.Pod is null ? "eth0" : SimulatedCluster.Interface(to.Pod),
                        from.Address, to.Address, TransportProtocol.Tcp, port);
                    Assert.That(lookedUp.Passes(packet), Is.EqualTo(walked.Passes(packet)), $"{packet}");
                }
            }
        },
        iter: 30);

    [Test]
    public void A_name_and_its_addresses_get_the_same_answer() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Contested(luck.Make());
            var evaluator = new PolicyEvaluator(cluster);
            foreach (var (from, to) in Pairs(cluster).Where(pair => pair.From.Pod is not null && pair.To.Pod is not null))
            {
                var byAddress = evaluator.Evaluate(
                    new Flow(new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address), TransportProtocol.Tcp, 80));
                var byName = evaluator.Evaluate(
                    new Flow(new FlowEnd.Pod(from.Pod!.Name), new FlowEnd.Pod(to.Pod!.Name), TransportProtocol.Tcp, 80));
                var family = byName.Families.Single(one => one.Family == from.Address.Family);
                Assert.That(family.Allowed, Is.EqualTo(byAddress.Allowed));
            }
        },
        iter: 30);

    [Test]
    public void Any_order_and_batching_of_the_same_changes_ends_in_the_same_rules() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var luck = new RandomCluster(seed);
            var cluster = luck.Contested(luck.Anything(luck.Make()));
            var node = new NodePolicy(RandomCluster.Nodes[0]);

            // The way there: things that come, change and go again, in any order, compiled at any time.
            var before = node.Compile();
            for (var i = 0; i < 80; i++)
            {
                Disturb(node, luck, random, cluster);
                if (random.Next(3) == 0)
                {
                    var after = node.Compile();
                    CheckEdits(before, after);
                    before = after;
                }
            }

            List<Action> steps =
            [
                () => node.ReplacePods(cluster.Pods.Values),
                () => node.ReplaceNodes(cluster.Nodes.Values),
                () => node.ReplaceNamespaces(cluster.Namespaces.Values),
                () => node.ReplacePolicies(PolicyKind.NetworkPolicy, cluster.Policies.Values),
                () => node.ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length > 0), areGlobal: false),
                () => node.ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length == 0), areGlobal: true),
                () => node.ReplaceHostEndpoints(cluster.HostEndpoints.Values),
                () => node.ReplaceServiceSlices(cluster.ServiceSlices.Values),
                .. cluster.Domains.Select<KeyValuePair<DomainPattern, ImmutableHashSet<Address>>, Action>(
                    name => () => node.SetDomain(name.Key, name.Value)),
                .. cluster.Pods.Values.Select<PodView, Action>(pod => () => node.RemoveEndpoint(SimulatedCluster.Interface(pod))),
            ];
            foreach (var step in steps.OrderBy(_ => random.Next()).ToList())
            {
                step();
            }

            foreach (var endpoint in SimulatedCluster.Endpoints(cluster, RandomCluster.Nodes[0]).OrderBy(_ => random.Next()))
            {
                node.SetEndpoint(endpoint);
            }

            var expected = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);
            var actual = node.Compile();
            Assert.That(NftablesRenderer.Render(actual), Is.EqualTo(NftablesRenderer.Render(expected)));
            Assert.That(node.Compile(), Is.SameAs(actual), "nothing changed since");
        },
        iter: 60);

    [Test]
    public void Many_profiles_compiled_at_once_are_what_each_is_by_itself() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Anything(luck.Make(pods: 60, policies: 60, nodes: 1));

            // Each pod has a policy of its own, so that there are as many profiles.
            cluster = cluster with
            {
                Pods = cluster.Pods.Values.ToImmutableDictionary(
                    pod => pod.Name, pod => pod with { Labels = pod.Labels.With("name", pod.Name.Name) }),
                Policies = cluster.Policies.Values.Zip(cluster.Pods.Values).ToImmutableSortedDictionary(
                    pair => pair.First.Key, pair => pair.First with
                    {
                        Subject = new PodSelection(
                            new NamespaceScope.Any(), LabelSelector.Of(new Requirement("name", SelectorOperator.In, [pair.Second.Name.Name]))),
                    }),
            };
            var node = new NodePolicy(RandomCluster.Nodes[0]);
            node.Replace(cluster);
            node.SetHostInterfaces(SimulatedCluster.Uplinks(cluster, RandomCluster.Nodes[0]));
            foreach (var endpoint in SimulatedCluster.Endpoints(cluster, RandomCluster.Nodes[0]))
            {
                node.SetEndpoint(endpoint);
                node.Compile();
            }

            var atOnce = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);
            Assert.That(NftablesRenderer.Render(atOnce), Is.EqualTo(NftablesRenderer.Render(node.Compile())));
        },
        iter: 15);

    [TestCase(false)]
    [TestCase(true)]
    public void Each_change_of_rules_among_others_ends_in_what_a_fresh_start_makes(bool areRulesCounted) => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var luck = new RandomCluster(seed);
            var cluster = luck.Anything(luck.Make(policies: 8, nodes: 1));
            var reports = new ReportOptions { CountsRules = areRulesCounted };
            var node = SimulatedCluster.Node(cluster, RandomCluster.Nodes[0], reports);
            var before = node.Compile();
            for (var i = 0; i < 12; i++)
            {
                // One policy, and at times a pod or a slice of a Service with it: all else stays, and is not looked at again.
                var policy = Changed(luck, random, cluster.Policies.Values.ElementAt(random.Next(cluster.Policies.Count)));
                cluster = cluster with { Policies = cluster.Policies.SetItem(policy.Key, policy) };
                node.UpsertPolicy(policy);
                if (random.Next(3) == 0)
                {
                    var pod = cluster.Pods.Values.ElementAt(random.Next(cluster.Pods.Count)) with { Labels = luck.Pod(i).Labels };
                    cluster = cluster with { Pods = cluster.Pods.SetItem(pod.Name, pod) };
                    node.UpsertPod(pod);
                }

                if (random.Next(6) == 0)
                {
                    var slice = luck.ServiceSlice(i % 4);
                    cluster = cluster with { ServiceSlices = cluster.ServiceSlices.SetItem(slice.Name, slice) };
                    node.UpsertServiceSlice(slice);
                }

                var after = node.Compile();
                CheckEdits(before, after);
                before = after;
                Assert.That(
                    NftablesRenderer.Render(after),
                    Is.EqualTo(NftablesRenderer.Render(SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0], reports))));
            }
        },
        iter: areRulesCounted ? 40 : 60);

    [Test]
    public void Addresses_that_go_from_pod_to_pod_end_in_what_a_fresh_start_makes() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var luck = new RandomCluster(seed);
            var cluster = luck.Contested(luck.Anything(luck.Make(policies: 8)));
            var node = SimulatedCluster.Node(cluster, RandomCluster.Nodes[0]);
            var before = node.Compile();
            for (var i = 0; i < 16; i++)
            {
                // Pods of another node: of this one's own the interfaces would change with them.
                var remote = cluster.Pods.Values.Where(pod => pod.NodeName != RandomCluster.Nodes[0] && !pod.HostNetwork).ToList();
                if (remote.Count == 0)
                {
                    return;
                }

                var pod = remote[random.Next(remote.Count)];
                var rival = luck.Rival(pod);
                if (random.Next(4) == 0)
                {
                    cluster = cluster with { Pods = cluster.Pods.Remove(pod.Name) };
                    node.RemovePod(pod.Name);
                }
                else
                {
                    var changed = random.Next(3) switch { 0 => pod with { Finished = !pod.Finished }, 1 => pod with { Created = rival.Created }, _ => rival };
                    cluster = cluster with { Pods = cluster.Pods.SetItem(changed.Name, changed) };
                    node.UpsertPod(changed);
                }

                var after = node.Compile();
                CheckEdits(before, after);
                before = after;
                Assert.That(
                    NftablesRenderer.Render(after), Is.EqualTo(NftablesRenderer.Render(SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]))));
            }
        },
        iter: 60);

    [Test]
    public void A_policy_that_changes_leaves_alone_whom_only_others_are_about()
    {
        // What is known of an address stays the same object unless it is resolved again.
        var luck = new RandomCluster(1);
        var cluster = luck.Make(policies: 0, nodes: 1);
        PolicySpec Allows(string name, string address, ushort port) => new()
        {
            Key = PolicyKey.NetworkPolicy("default", name),
            Subject = PodSelection.Everything,
            Ingress = new RuleSet([new RuleSpec(
                RuleVerdict.Allow, [new PeerSpec.IpBlock(Cidr.Parse(address), [])],
                [new PortSpec.Numbers(TransportProtocol.Tcp, port, port)], "spec.ingress[0]")]),
            Egress = null,
        };
        var node = new NodePolicy(RandomCluster.Nodes[0]);
        node.Replace(cluster);
        node.ReplacePolicies(PolicyKind.NetworkPolicy, [Allows("a", "192.0.2.1/32", 80), Allows("b", "192.0.2.2/32", 80)]);
        foreach (var endpoint in SimulatedCluster.Endpoints(cluster, RandomCluster.Nodes[0]))
        {
            node.SetEndpoint(endpoint);
        }

        node.Compile();
        node.UpsertPolicy(Allows("b", "192.0.2.2/32", 81));

        var edits = node.Compile().Sets.Values.Select(set => set.Edit).OfType<SetEdit>().ToList();
        Assert.That(edits, Is.Not.Empty);
        Assert.That(edits.SelectMany(edit => edit.Added.Concat(edit.Removed)).Select(element => element.AddressLow).Distinct(),
            Is.EqualTo(new[] { Address.Parse("192.0.2.2").Value }));
    }

    [Test]
    public void Interval_sets_hold_no_overlapping_elements() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Anything(luck.Make(policies: 12));
            foreach (var set in SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]).Sets.Values.Where(set => set.Ranges))
            {
                var elements = set.Elements.ToList();
                for (var i = 0; i < elements.Count; i++)
                {
                    for (var j = i + 1; j < elements.Count; j++)
                    {
                        Assert.That(Overlap(elements[i], elements[j]), Is.False, () => $"{set.Name}: {elements[i]} and {elements[j]}");
                    }
                }
            }
        },
        iter: 60);

    /// <summary>A policy of other rules, or with one of its rules gone, twice, elsewhere or with other peers.</summary>
    private static PolicySpec Changed(RandomCluster luck, Random random, PolicySpec policy)
    {
        if (random.Next(3) == 0 || policy.Ingress is not { Rules.Count: > 0 } ingress)
        {
            return luck.Anything(luck.Policy(random.Next(8))) with { Key = policy.Key };
        }

        var rules = ingress.Rules.Items;
        var (one, other) = (random.Next(rules.Length), random.Next(rules.Length));
        return policy with
        {
            Ingress = new RuleSet(random.Next(4) switch
            {
                0 => [.. rules.RemoveAt(one)],
                1 => [.. rules.Insert(one, rules[other])],
                2 => [.. rules.SetItem(one, rules[other]).SetItem(other, rules[one])],
                _ => [.. rules.SetItem(one, rules[one] with { Peers = rules[other].Peers })],
            }),
        };
    }

    /// <summary>A set that says how it came about says so truly.</summary>
    internal static void CheckEdits(Ruleset before, Ruleset after)
    {
        foreach (var set in after.Sets.Values)
        {
            if (before.Sets.TryGetValue(set.Name, out var old) && !ReferenceEquals(set, old) && set.Edit is { } edit)
            {
                Assert.That(edit.Base, Is.SameAs(old.Elements));
                Assert.That(edit.Removed.All(element => old.Elements.Contains(element)), set.Name);
                Assert.That(old.Elements.Except(edit.Removed).Intersect(edit.Added), Is.Empty, set.Name);
                Assert.That(old.Elements.Except(edit.Removed).Union(edit.Added), Is.EquivalentTo(set.Elements), set.Name);
            }
        }
    }

    private static PolicySpec WithoutSourcePorts(PolicySpec policy) => policy with
    {
        Ingress = WithoutSourcePorts(policy.Ingress),
        Egress = WithoutSourcePorts(policy.Egress),
    };

    private static RuleSet? WithoutSourcePorts(RuleSet? rules) => rules is null
        ? null
        : new RuleSet([.. rules.Rules.Items.Select(rule => rule with { SourcePorts = [], NotSourcePorts = [] })]);

    private static void Compare(ClusterView cluster, bool messages = false, ReportOptions? reports = null)
    {
        var evaluator = new PolicyEvaluator(cluster);
        var nodes = new SimulatedCluster(cluster, reports: reports);
        foreach (var (from, to) in Pairs(cluster))
        {
            var (source, destination) = (new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address));
            var flows = TransportProtocolExtensions.OfContainers.SelectMany(
                protocol => RandomCluster.Ports, (protocol, port) => new Flow(source, destination, protocol, port));
            if (messages)
            {
                flows = flows.Concat(Messages.Select(one =>
                    new Flow(source, destination, one.Protocol, 0) { IcmpType = one.Type, IcmpCode = one.Code }));
            }

            foreach (var flow in flows)
            {
                var expected = evaluator.Evaluate(flow);
                var actual = nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow);
                Assert.That(actual, Is.EqualTo(expected.Allowed),
                    () => $"{flow}: {string.Join("; ", expected.Families[0].Reasons)}");
            }
        }
    }

    private static bool Overlap(SetElement a, SetElement b) =>
        a.Protocol == b.Protocol
        && a.AddressLow <= b.AddressHigh && b.AddressLow <= a.AddressHigh
        && a.PortLow <= b.PortHigh && b.PortLow <= a.PortHigh;

    private static IEnumerable<((PodView? Pod, Address Address) From, (PodView? Pod, Address Address) To)> Pairs(ClusterView cluster)
    {
        var ends = cluster.Pods.Values.Where(pod => pod.IsSelectable)
            .SelectMany(pod => pod.Addresses.Items.Where(address => SimulatedCluster.Has(cluster, pod, address)).Select(address => ((PodView?)pod, address)))
            .Concat(RandomCluster.Externals.Select(address => ((PodView?)null, address)))
            .Concat(cluster.Nodes.Values.SelectMany(node => node.Addresses.Items.Select(address => ((PodView?)null, address))))
            .ToList();
        return from a in ends
               from b in ends
               where a.address.Family == b.address.Family
               select (a, b);
    }

    private static void Disturb(NodePolicy node, RandomCluster luck, Random random, ClusterView cluster)
    {
        var number = random.Next(12);
        switch (random.Next(14))
        {
            case 0:
                node.UpsertPod(luck.Pod(number));
                break;
            case 1:
                node.UpsertPod(luck.Rival(luck.Pod(number)));
                break;
            case 2:
                node.RemovePod(luck.Pod(number).Name);
                break;
            case 3 or 4:
                node.UpsertPolicy(luck.Anything(luck.Policy(number)));
                break;
            case 5:
                node.RemovePolicy(luck.Policy(number).Key);
                break;
            case 6:
                var name = cluster.Namespaces.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(cluster.Namespaces.Count));
                if (random.Next(2) == 0)
                {
                    node.RemoveNamespace(name);
                }
                else
                {
                    node.UpsertNamespace(NamespaceView.Bare(name) with { Labels = luck.Pod(number).Labels });
                }

                break;
            case 7:
                node.UpsertNetworkSet(luck.NetworkSet(number % 6));
                break;
            case 8:
                node.RemoveNetworkSet(luck.NetworkSet(number % 6).Name);
                break;
            case 9:
                node.UpsertServiceSlice(luck.ServiceSlice(number % 4));
                break;
            case 10 or 11:
                node.SetDomain(RandomCluster.Names[number % RandomCluster.Names.Length], luck.NameAddresses());
                break;
            case 12:
                var pod = luck.Pod(number);
                node.SetEndpoint(new LocalEndpoint(SimulatedCluster.Interface(pod), pod.Name, "", pod.Addresses));
                break;
            default:
                node.RemoveEndpoint(SimulatedCluster.Interface(luck.Pod(number)));
                break;
        }
    }
}
