using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class StagedHostPolicyTests
{
    private static readonly (TransportProtocol Protocol, ushort Port)[] Questions =
    [
        (TransportProtocol.Tcp, 80), (TransportProtocol.Tcp, 8080), (TransportProtocol.Udp, 53), (TransportProtocol.Udp, 81),
        (TransportProtocol.Sctp, 9000), (TransportProtocol.Tcp, 22), ((TransportProtocol)47, 0),
    ];

    /// <summary>What staged policies would deny at host endpoints passes by a chain that says so: with a drop there, packets do what they
    /// would with these policies enforced beside the others.</summary>
    [Test]
    public void What_staged_policies_would_deny_at_host_endpoints_is_told_apart_and_passes()
    {
        var told = 0;
        for (var seed = 1; seed <= 30; seed++)
        {
            var cluster = Staged(seed);
            if (cluster.Nodes.Keys.Any(node => EveryKind.IsTooDeep(SimulatedCluster.Compile(cluster, node))))
            {
                continue;
            }

            var (asIs, withStaged) = (new PolicyEvaluator(cluster), new PolicyEvaluator(cluster.WithStaged()));
            var (nodes, denying) = (new SimulatedCluster(cluster), new SimulatedCluster(cluster, DroppingWhatIsStaged));
            var leavesRoom = Enum.GetValues<Direction>().All(direction => StagePlan.LeavesRoom(
                [.. cluster.Policies.Values.Where(policy => policy.Rules(direction) is not null)], new ProfileSide(direction, HostLayer.Local)));
            var ends = Ends(cluster).ToList();
            foreach (var (from, to) in ends.SelectMany(_ => ends, (from, to) => (from, to)).Where(pair => pair.from.Address.Family == pair.to.Address.Family))
            {
                foreach (var (protocol, port) in Questions)
                {
                    var flow = new Flow(new FlowEnd.Address(from.Address), new FlowEnd.Address(to.Address), protocol, port);
                    var (now, then) = (asIs.Evaluate(flow), withStaged.Evaluate(flow));
                    Assert.That(nodes.Passes(from.Pod, from.Address, to.Pod, to.Address, flow), Is.EqualTo(now.Allowed), () => $"{seed} {flow}");
                    if (then.Families[0].Reasons.Any(reason => reason.Code == ReasonCode.ClosedHost))
                    {
                        continue; // that no policy would be left is not told
                    }

                    var passes = denying.Passes(from.Pod, from.Address, to.Pod, to.Address, flow);
                    told += now.Allowed && !then.Allowed && !passes ? 1 : 0;
                    Assert.That(
                        passes, leavesRoom ? Is.EqualTo(now.Allowed && then.Allowed) : Is.EqualTo(now.Allowed).Or.EqualTo(now.Allowed && then.Allowed),
                        () => $"{seed} {flow}: {string.Join("; ", then.Families[0].Reasons)}");
                }
            }
        }

        Assert.That(told, Is.Positive);
    }

    /// <summary>Policies of host endpoints, after tracking and translation; some of them staged: in place of another, beside it, and in
    /// place of nothing.</summary>
    private static ClusterView Staged(int seed)
    {
        var luck = new RandomCalico(seed);
        var cluster = luck.Around(new RandomCluster(seed).Make(policies: 0), policies: 0);
        var ordinary = Enumerable.Range(0, 40).Select(luck.HostPolicy).Where(policy => policy is { DoNotTrack: false, PreDnat: false })
            .DistinctBy(policy => policy.Key).Take(6).Select(policy => seed % 2 == 0 ? policy : Short(policy)).ToList();
        cluster = cluster with { Policies = ordinary.ToImmutableSortedDictionary(policy => policy.Key, policy => policy) };
        foreach (var (number, policy) in ordinary.Take(4).Index())
        {
            var staged = ordinary[(number + 1) % ordinary.Count] with
            {
                Key = policy.Key with { Kind = PolicyKind.StagedGlobalNetworkPolicy }, IsStaged = true,
            };
            cluster = cluster with
            {
                Policies = (seed % 3 == 0 ? cluster.Policies : cluster.Policies.Remove(policy.Key)).Add(staged.Key, staged),
            };
        }

        return cluster;
    }

    /// <summary>Without rules that take chains of their own.</summary>
    private static PolicySpec Short(PolicySpec policy) => policy with { Ingress = Short(policy.Ingress), Egress = Short(policy.Egress) };

    private static RuleSet? Short(RuleSet? rules) => rules is null ? null : new RuleSet(
        [.. rules.Rules.Items.Select(rule => rule with { Own = [], SourcePorts = [], NotSourcePorts = [] })]);

    private static Ruleset DroppingWhatIsStaged(Ruleset ruleset) => ruleset with
    {
        Chains = ruleset.Chains.SetItems(ruleset.Chains.Where(chain => chain.Key.EndsWith("-staged", StringComparison.Ordinal))
            .Select(chain => KeyValuePair.Create(
                chain.Key, chain.Value with { Rules = [new Rule([], new RuleAction.Decide(Verdict.Drop), "")] }))),
    };

    private static IEnumerable<(PodView? Pod, Address Address)> Ends(ClusterView cluster) => cluster.Pods.Values.Where(pod => pod.IsSelectable)
        .SelectMany(pod => pod.Addresses.Items, (pod, address) => ((PodView?)pod, address))
        .Concat(RandomCluster.Externals.Concat(cluster.Nodes.Values.SelectMany(node => node.Addresses.Items))
            .Select(address => ((PodView?)null, address)));
}
