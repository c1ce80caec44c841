using System.Collections.Immutable;
using CsCheck;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class RulesetVerifierTests
{
    [Test]
    public void A_good_compiler_is_never_refused() => Gen.Int.Sample(
        seed =>
        {
            var (random, luck) = (new Random(seed), new RandomCluster(seed));
            var cluster = luck.Tiered(luck.Make(policies: 8));
            var node = NodeOf(cluster);
            var before = node.Compile();
            var verifier = new RulesetVerifier(new Random(seed), limit: 150);
            Assert.That(verifier.Check(Ruleset.Empty, before, node), Is.Empty);
            for (var i = 0; i < 6; i++)
            {
                switch (random.Next(3))
                {
                    case 0:
                        node.UpsertPod(luck.Pod(random.Next(9)));
                        break;
                    case 1:
                        node.UpsertPolicy(luck.Policy(random.Next(8)));
                        break;
                    default:
                        node.RemovePolicy(luck.Policy(random.Next(8)).Key);
                        break;
                }

                var after = node.Compile();
                Assert.That(verifier.Check(before, after, node), Is.Empty, $"change {i}");
                before = after;
            }
        },
        iter: 25);

    [Test]
    public void A_set_that_lost_an_element_or_got_one_too_many_is_found()
    {
        var (found, tried) = (0, 0);
        for (var seed = 0; seed < 40; seed++)
        {
            var cluster = new RandomCluster(seed).Make(policies: 8);
            var node = NodeOf(cluster);
            var good = node.Compile();
            if (Broken(good, seed) is not { } broken)
            {
                continue;
            }

            tried++;
            found += new RulesetVerifier(new Random(seed)).Check(good, broken, node).IsEmpty ? 0 : 1;
        }

        // A sample, and elements that another set repeats change nothing: most, not all.
        Assert.That(tried, Is.GreaterThan(20));
        Assert.That(found, Is.GreaterThan(tried / 3), $"of {tried}");
    }

    [Test]
    public void Rules_that_let_everything_through_are_found_and_named()
    {
        var cluster = Yaml.Cluster("""
            {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.2}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}}}
            """);
        var node = NodeOf(cluster, "n1");
        var good = node.Compile();
        var name = SimulatedCluster.Interface(cluster.Pods[new NamespacedName("shop", "db")]);
        var map = good.Maps["ingress-by-interface"];
        var broken = good with
        {
            Maps = good.Maps.SetItem(map.Name, map with { Elements = map.Elements.SetItem(name, Verdict.Accept) }),
        };
        Assert.That(new RulesetVerifier(new Random(1)).Check(good, good, node), Is.Empty);
        var wrong = new RulesetVerifier(new Random(1)).Check(good, broken, node);
        Assert.That(wrong.Select(one => $"{one}"), Has.Some.Contains("the rules pass it, but ingress to 10.0.0.2 (shop/db) is denied: NetworkPolicy shop/db isolates the pod"));
    }

    /// <summary>Of rules that are nested too deep more is denied than they say, which is no mistake; more that is allowed is one.</summary>
    [Test]
    public void Rules_that_are_nested_too_deep_are_verified_as_far_as_they_are_asked()
    {
        var (deep, found) = (0, 0);
        for (var seed = 0; seed < 25; seed++)
        {
            var cluster = new RandomCluster(seed).Make(policies: 4);
            cluster = cluster with
            {
                Policies = cluster.Policies.ToImmutableSortedDictionary(
                    one => one.Key, one => one.Value with { Ingress = Deep(one.Value.Ingress), Egress = Deep(one.Value.Egress) }),
            };
            var node = NodeOf(cluster);
            var good = node.Compile();
            Assert.That(new RulesetVerifier(new Random(seed)).Check(Ruleset.Empty, good, node), Is.Empty, $"seed {seed}");
            if (!node.Faults.Any())
            {
                continue;
            }

            deep++;
            var open = good with
            {
                Chains = good.Chains.SetItems(good.Chains.Where(chain => chain.Value.Rules.Any(rule => rule.Comment == ProfileStages.TooDeep))
                    .Select(chain => KeyValuePair.Create(
                        chain.Key, chain.Value with { Rules = [new Rule([], new RuleAction.Decide(Verdict.Return), ProfileStages.TooDeep)] }))),
            };
            found += new RulesetVerifier(new Random(seed)).Check(good, open, node).IsEmpty ? 0 : 1;
        }

        Assert.That(deep, Is.GreaterThan(12));
        Assert.That(found, Is.GreaterThan(deep / 2), $"of {deep}");
    }

    private static RuleSet? Deep(RuleSet? rules) => rules is null ? null : new RuleSet(
    [
        .. Enumerable.Range(1, 12).Select(port => new RuleSpec(
            RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Udp, (ushort)port, (ushort)port)], $"{port}")
            {
                SourcePorts = [new PortSpec.Numbers(TransportProtocol.Udp, 1, 9)],
            }),
        .. rules.Rules.Items,
    ]);

    private static NodePolicy NodeOf(ClusterView cluster, string? name = null)
    {
        name ??= RandomCluster.Nodes[0];
        var node = new NodePolicy(name);
        node.Replace(cluster);
        foreach (var endpoint in SimulatedCluster.Endpoints(cluster, name))
        {
            node.SetEndpoint(endpoint);
        }

        return node;
    }

    /// <summary>A ruleset with a mistake in one of its profiles' sets: an element less, or one with another address.</summary>
    private static Ruleset? Broken(Ruleset good, int seed)
    {
        var random = new Random(seed);
        var sets = good.Sets.Values.Where(set => set.Family is not null && set.Key.Contains(RuleField.Protocol) && !set.Elements.IsEmpty).ToList();
        if (sets.Count == 0)
        {
            return null;
        }

        var set = sets[random.Next(sets.Count)];
        var victim = set.Elements.OrderBy(element => element.AddressLow).ThenBy(element => element.PortLow).ElementAt(random.Next(set.Elements.Count));
        return good with { Sets = good.Sets.SetItem(set.Name, set with { Elements = set.Elements.Edit([victim], []), Edit = null }) };
    }
}
