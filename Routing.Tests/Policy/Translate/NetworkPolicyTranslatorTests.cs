using k8s;
using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Tests.Policy.Translate;

public class NetworkPolicyTranslatorTests
{
    [TestCase("podSelector: {}", true, false, TestName = "Nothing but a selector: Ingress")]
    [TestCase("{podSelector: {}, ingress: []}", true, false, TestName = "Empty ingress: Ingress")]
    [TestCase("{podSelector: {}, egress: []}", true, false, TestName = "Empty egress is no egress rule: Ingress")]
    [TestCase("{podSelector: {}, egress: [{}]}", true, true, TestName = "An egress rule: both")]
    [TestCase("{podSelector: {}, policyTypes: []}", true, false, TestName = "Empty policyTypes are missing ones")]
    [TestCase("{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", false, true, TestName = "Given types win over rules")]
    [TestCase("{podSelector: {}, policyTypes: [Ingress], egress: [{}]}", true, false, TestName = "Given types win, the other way")]
    [TestCase("{podSelector: {}, policyTypes: [Ingress, Egress]}", true, true, TestName = "Both given: deny all")]
    public void The_directions_follow_from_types_and_rules(string spec, bool ingress, bool egress)
    {
        var policy = Yaml.Policy(spec);
        Assert.That(policy.Problems, Is.Empty);
        Assert.That((policy.Ingress is not null, policy.Egress is not null), Is.EqualTo((ingress, egress)));
    }

    [TestCase("{ingress: [{}]}", "any | any", TestName = "An empty rule")]
    [TestCase("{ingress: [{from: [], ports: []}]}", "any | any", TestName = "Empty lists are missing ones")]
    [TestCase("{ingress: [{from: [{podSelector: {}}]}]}", "pods '' in namespace 'shop' | any", TestName = "podSelector alone: own namespace")]
    [TestCase("{ingress: [{from: [{namespaceSelector: {}}]}]}", "pods '' in namespaces '' | any", TestName = "namespaceSelector alone: all their pods")]
    [TestCase("{ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}, podSelector: {matchLabels: {c: d}}}]}]}", "pods 'c=d' in namespaces 'a=b' | any", TestName = "Both selectors: an intersection")]
    [TestCase("{ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}, {podSelector: {matchLabels: {c: d}}}]}]}", "pods '' in namespaces 'a=b' + pods 'c=d' in namespace 'shop' | any", TestName = "Two peers: a union")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 10.1.2.3/8, except: [10.0.0.0/24]}}]}]}", "10.0.0.0/8 except 10.0.0.0/24 | any", TestName = "ipBlock, host bits cleared")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 'fd00::/8', except: ['fd01::/16']}}]}]}", "fd00::/8 except fd01::/16 | any", TestName = "ipBlock over IPv6")]
    [TestCase("{ingress: [{ports: [{port: 80}]}]}", "any | Tcp 80-80", TestName = "TCP is the default protocol")]
    [TestCase("{ingress: [{ports: [{protocol: UDP}]}]}", "any | Udp 0-65535", TestName = "A protocol without a port: all of them")]
    [TestCase("{ingress: [{ports: [{protocol: SCTP, port: 1000, endPort: 2000}]}]}", "any | Sctp 1000-2000", TestName = "endPort")]
    [TestCase("{ingress: [{ports: [{port: http}]}]}", "any | Tcp http", TestName = "A named port")]
    public void A_rule_says(string spec, string expected)
    {
        var policy = Yaml.Policy(spec);
        Assert.That(policy.Problems, Is.Empty);
        Assert.That(policy.Ingress!.Rules.Items.Select(Describe), Is.EqualTo(new[] { expected }));
    }

    [TestCase("{podSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}}", "spec.podSelector.matchExpressions[0].operator", "Like")]
    [TestCase("{podSelector: {matchExpressions: [{key: a, operator: In}]}}", "spec.podSelector.matchExpressions[0].values", "")]
    [TestCase("{podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}", "spec.podSelector.matchExpressions[0].values", "b")]
    [TestCase("{podSelector: {matchLabels: {-a: b}}}", "spec.podSelector.matchLabels", "-a")]
    [TestCase("{podSelector: {matchLabels: {a: 'b c'}}}", "spec.podSelector.matchLabels.a", "b c")]
    [TestCase("{policyTypes: [ingress]}", "spec.policyTypes[0]", "ingress")]
    [TestCase("{ingress: [{from: [{}]}]}", "spec.ingress[0].from[0]", "")]
    [TestCase("{egress: [{to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}", "spec.egress[0].to[0]", "ipBlock with a selector")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}", "spec.ingress[0].from[0].ipBlock.cidr", "10.0.0.0")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}", "spec.ingress[0].from[0].ipBlock.cidr", "10.0.0.0/33")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]", "11.0.0.0/16")]
    [TestCase("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]", "10.0.0.0/8")]
    [TestCase("{ingress: [{ports: [{protocol: ICMP, port: 1}]}]}", "spec.ingress[0].ports[0].protocol", "ICMP")]
    [TestCase("{ingress: [{ports: [{port: 0}]}]}", "spec.ingress[0].ports[0].port", "0")]
    [TestCase("{ingress: [{ports: [{port: 65536}]}]}", "spec.ingress[0].ports[0].port", "65536")]
    [TestCase("{ingress: [{ports: [{port: HTTP}]}]}", "spec.ingress[0].ports[0].port", "HTTP")]
    [TestCase("{ingress: [{ports: [{port: 80, endPort: 79}]}]}", "spec.ingress[0].ports[0].endPort", "79")]
    [TestCase("{ingress: [{ports: [{port: http, endPort: 90}]}]}", "spec.ingress[0].ports[0].endPort", "90")]
    [TestCase("{ingress: [{ports: [{endPort: 90}]}]}", "spec.ingress[0].ports[0].endPort", "90")]
    public void What_is_wrong_is_named(string spec, string field, string value)
    {
        var problems = Yaml.Policy(spec).Problems;
        Assert.That(problems.Items.Select(problem => (problem.Field, problem.Value)), Is.EqualTo(new[] { (field, value) }));
        Assert.That(problems[0].Allowed, Is.Not.Empty);
    }

    [Test]
    public void Everything_wrong_is_listed_at_once()
    {
        var policy = Yaml.Policy("{policyTypes: [In], ingress: [{from: [{}], ports: [{port: 0}]}], egress: [{ports: [{protocol: X}]}]}");
        Assert.That(policy.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[]
        {
            "spec.policyTypes[0]", "spec.ingress[0].from[0]", "spec.ingress[0].ports[0].port", "spec.egress[0].ports[0].protocol",
        }));
    }

    [Test]
    public void A_bad_part_allows_less_never_more()
    {
        // The bad peer is gone and the good one stays; a rule with none left is gone as a whole, for without peers or ports
        // it would mean "any"; the pods stay isolated.
        var policy = Yaml.Policy("""
            ingress:
            - {from: [{ipBlock: {cidr: nonsense}}, {podSelector: {}}]}
            - {from: [{ipBlock: {cidr: nonsense}}]}
            - {ports: [{port: -1}]}
            - {from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: -1}, {port: 80}]}
            """);
        Assert.That(policy.Ingress!.Rules.Items.Select(Describe), Is.EqualTo(new[]
        {
            "pods '' in namespace 'shop' | any", "pods 'a=b' in namespace 'shop' | Tcp 80-80",
        }));
        Assert.That(policy.Subject, Is.Not.Null);
    }

    [Test]
    public void A_type_that_does_not_exist_isolates_both_ways()
    {
        var policy = Yaml.Policy("policyTypes: [Foo]");
        Assert.That(policy.Ingress, Is.EqualTo(new RuleSet([])));
        Assert.That(policy.Egress, Is.EqualTo(new RuleSet([])));
    }

    [Test]
    public void A_policy_whose_selector_cannot_be_read_selects_nothing_and_says_so()
    {
        var policy = Yaml.Policy("podSelector: {matchExpressions: [{key: a, operator: Like}]}");
        Assert.That(policy.Subject, Is.Null);
        Assert.That(policy.Problems, Is.Not.Empty);
    }

    [Test]
    public void A_policy_without_a_spec_is_no_crash()
    {
        var policy = Routing.Policy.Translate.NetworkPolicyTranslator.Translate(new V1NetworkPolicy());
        Assert.That(policy.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[] { "metadata.name", "spec" }));
        Assert.That(policy.Subject, Is.Null);
    }

    [Test]
    public void A_port_of_no_text_is_no_port_and_not_every_one()
    {
        var policy = Routing.Policy.Translate.NetworkPolicyTranslator.Translate(KubernetesJson.Deserialize<V1NetworkPolicy>(
            """{"metadata":{"name":"p"},"spec":{"ingress":[{"ports":[{"port":""}]}]}}"""));
        Assert.That(policy.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[] { "spec.ingress[0].ports[0].port" }));
        Assert.That(policy.Ingress, Is.EqualTo(new RuleSet([])));
    }

    private static string Describe(RuleSpec rule)
    {
        var peers = rule.Peers.Items.Select(peer => peer switch
        {
            PeerSpec.Pods pods => $"{pods.Selection}",
            _ => $"{peer}",
        });
        var ports = rule.Ports.Items.Select(port => port switch
        {
            PortSpec.Numbers numbers => $"{numbers.Protocol} {numbers.Low}-{numbers.High}",
            PortSpec.Named named => $"{named.Protocol} {named.Name}",
            _ => $"{port}",
        });
        return $"{(rule.Peers.Count == 0 ? "any" : string.Join(" + ", peers))} | {(rule.Ports.Count == 0 ? "any" : string.Join(" + ", ports))}";
    }
}
