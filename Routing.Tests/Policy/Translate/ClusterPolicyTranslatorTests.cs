using k8s;
using k8s.Models;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Tests.Policy.Translate;

public class ClusterPolicyTranslatorTests
{
    private const string Head = "tier: Admin, priority: 5, subject: {namespaces: {}}";
    private const string AdminHead = "priority: 5, subject: {namespaces: {}}";

    [TestCase("ingress: [{action: Accept, from: [{namespaces: {matchLabels: {a: b}}}]}]", "Allow pods '' in namespaces 'a=b' | any", TestName = "Namespaces: all their pods")]
    [TestCase("ingress: [{action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}}]}]", "Deny pods 'a=b' in namespaces '' | any", TestName = "Pods in namespaces")]
    [TestCase("ingress: [{action: Pass, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]", "Pass pods '' in namespaces '' | Tcp 80-80", TestName = "A port of TCP")]
    [TestCase("ingress: [{action: Pass, from: [{namespaces: {}}], protocols: [{udp: {destinationPort: {range: {start: 53, end: 60}}}}]}]", "Pass pods '' in namespaces '' | Udp 53-60", TestName = "A range of UDP")]
    [TestCase("ingress: [{action: Pass, from: [{namespaces: {}}], protocols: [{sctp: {}}]}]", "Pass pods '' in namespaces '' | Sctp 0-65535", TestName = "A protocol alone: all its ports")]
    [TestCase("ingress: [{action: Pass, from: [{namespaces: {}}], protocols: [{destinationNamedPort: http}]}]", "Pass pods '' in namespaces '' | Tcp http, Udp http, Sctp http", TestName = "A named port, whatever its protocol")]
    [TestCase("egress: [{action: Accept, to: [{networks: [10.0.0.0/8, 'fd00::/8']}]}]", "Allow 10.0.0.0/8 + fd00::/8 | any", TestName = "Networks")]
    [TestCase("egress: [{action: Deny, to: [{nodes: {matchLabels: {role: db}}}]}]", "Deny nodes 'role=db' | any", TestName = "Nodes")]
    public void A_rule_of_v1alpha2_says(string rules, string expected) =>
        Assert.That(Rules(Read<ClusterNetworkPolicyResource>($"{{{Head}, {rules}}}")), Is.EqualTo(new[] { expected }));

    [TestCase("ingress: [{action: Allow, from: [{namespaces: {}}], ports: [{portNumber: {protocol: UDP, port: 53}}]}]", "Allow pods '' in namespaces '' | Udp 53-53", TestName = "v1alpha1: a number")]
    [TestCase("egress: [{action: Deny, to: [{namespaces: {}}], ports: [{portRange: {start: 1, end: 9}}]}]", "Deny pods '' in namespaces '' | Tcp 1-9", TestName = "v1alpha1: a range")]
    [TestCase("ingress: [{action: Pass, from: [{namespaces: {}}], ports: [{namedPort: http}]}]", "Pass pods '' in namespaces '' | Tcp http, Udp http, Sctp http", TestName = "v1alpha1: a name")]
    public void A_rule_of_v1alpha1_says(string rules, string expected) =>
        Assert.That(Rules(Read<AdminNetworkPolicyResource>($"{{{AdminHead}, {rules}}}")), Is.EqualTo(new[] { expected }));

    [Test]
    public void Kinds_have_their_tiers_and_places()
    {
        var admin = Read<ClusterNetworkPolicyResource>("{tier: Admin, priority: 7, subject: {namespaces: {}}}");
        var baseline = Read<ClusterNetworkPolicyResource>("{tier: Baseline, priority: 7, subject: {namespaces: {}}}");
        var old = Read<AdminNetworkPolicyResource>("{priority: 8, subject: {namespaces: {}}}");
        var oldBaseline = Read<BaselineAdminNetworkPolicyResource>("{subject: {namespaces: {}}}");

        Assert.That(new[] { admin, baseline, old, oldBaseline }.Select(policy => policy.Tier), Is.EqualTo(new[]
        {
            Tier.Admin, Tier.Baseline, Tier.Admin, Tier.Baseline,
        }));
        Assert.That((admin.Order, old.Order), Is.EqualTo((7.0, 8.0)));
        Assert.That(oldBaseline.Order, Is.GreaterThan(1000), "after every baseline policy with a priority");
        Assert.That((admin.Ingress, admin.Egress), Is.EqualTo(((RuleSet?)null, (RuleSet?)null)), "without rules it says nothing");
    }

    [TestCase("{tier: Middle, priority: 5, subject: {namespaces: {}}}", "spec.tier", "Middle")]
    [TestCase("{tier: Admin, subject: {namespaces: {}}}", "spec.priority", "")]
    [TestCase("{tier: Admin, priority: 1001, subject: {namespaces: {}}}", "spec.priority", "1001")]
    [TestCase("{tier: Admin, priority: 5, subject: {}}", "spec.subject", "")]
    [TestCase($"{{{Head}, ingress: [{{action: Allow, from: [{{namespaces: {{}}}}]}}]}}", "spec.ingress[0].action", "Allow")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: []}}]}}", "spec.ingress[0].from", "")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{}}]}}]}}", "spec.ingress[0].from[0]", "")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{networks: [10.0.0.0/8]}}]}}]}}", "spec.ingress[0].from[0].networks", "networks")]
    [TestCase($"{{{Head}, egress: [{{action: Deny, to: [{{networks: [10.0.0.0]}}]}}]}}", "spec.egress[0].to[0].networks[0]", "10.0.0.0")]
    [TestCase($"{{{Head}, egress: [{{action: Deny, to: [{{domainNames: [example.com]}}]}}]}}", "spec.egress[0].to[0].domainNames", "example.com")]
    [TestCase($"{{{Head}, egress: [{{action: Accept, to: [{{domainNames: []}}]}}]}}", "spec.egress[0].to[0].domainNames", "")]
    [TestCase($"{{{Head}, egress: [{{action: Accept, to: [{{domainNames: ['www.*.com']}}]}}]}}", "spec.egress[0].to[0].domainNames[0]", "www.*.com")]
    [TestCase($"{{{Head}, egress: [{{action: Accept, to: [{{domainNames: [example.com]}}], protocols: [{{destinationNamedPort: http}}]}}]}}", "spec.egress[0]", "a named port")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], ports: []}}]}}", "spec.ingress[0].ports", "ports")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], protocols: [{{}}]}}]}}", "spec.ingress[0].protocols[0]", "")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], protocols: [{{tcp: {{destinationPort: {{number: 0}}}}}}]}}]}}", "spec.ingress[0].protocols[0].tcp.destinationPort.number", "0")]
    [TestCase($"{{{Head}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], protocols: [{{tcp: {{destinationPort: {{range: {{start: 9, end: 8}}}}}}}}]}}]}}", "spec.ingress[0].protocols[0].tcp.destinationPort.range", "9 to 8")]
    [TestCase($"{{{Head}, egress: [{{action: Deny, to: [{{networks: [10.0.0.0/8]}}], protocols: [{{destinationNamedPort: http}}]}}]}}", "spec.egress[0]", "a named port")]
    public void What_is_wrong_is_named_with_its_field(string spec, string field, string value)
    {
        var problems = Read<ClusterNetworkPolicyResource>(spec).Problems;
        Assert.That(problems.Items.Select(problem => (problem.Field, problem.Value)), Is.EqualTo(new[] { (field, value) }));
        Assert.That(problems[0].Allowed, Is.Not.Empty);
    }

    [TestCase("Accept", new string[0], TestName = "An accepting rule that cannot be read matches nothing")]
    [TestCase("Deny", new[] { "Deny any | any" }, TestName = "A denying rule that cannot be read denies all")]
    [TestCase("Pass", new[] { "Deny any | any" }, TestName = "A passing rule that cannot be read denies all")]
    [TestCase("Let", new[] { "Deny any | any" }, TestName = "An action that cannot be read denies all")]
    public void What_cannot_be_read_closes(string action, string[] expected) => Assert.That(
        Rules(Read<ClusterNetworkPolicyResource>($"{{{Head}, ingress: [{{action: {action}, from: [{{}}]}}]}}")), Is.EqualTo(expected));

    [TestCase("{priority: 5, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]}", "spec.priority", "spec.ingress[0].action")]
    [TestCase("{tier: Admin, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], protocols: []}]}", "spec.ingress[0].protocols", "spec.tier")]
    public void The_old_baseline_has_no_priority_no_tier_and_does_not_pass(string spec, params string[] fields) => Assert.That(
        Read<BaselineAdminNetworkPolicyResource>(spec).Problems.Items.Select(problem => problem.Field), Is.EquivalentTo(fields));

    [TestCase("from: [{namespaces: {sameLabels: [team]}}]", "from[0].namespaces.sameLabels", TestName = "The first v1alpha1: namespaces that agree with the pod's own")]
    [TestCase("from: [{namespaces: {namespaceSelector: {matchLabels: {a: b}}}}]", "from[0].namespaces.namespaceSelector", TestName = "The first v1alpha1: a selector in namespaces")]
    [TestCase("from: [{pods: {namespaces: {notSameLabels: [team]}, podSelector: {}}}]", "from[0].pods.namespaces", TestName = "The first v1alpha1: pods in namespaces")]
    [TestCase("from: [{namespaces: {}, zones: {}}]", "from[0]", TestName = "A peer with a field beside the one that is known")]
    [TestCase("from: [{namespaces: {}}], when: night", "when", TestName = "A condition of a rule")]
    [TestCase("from: [{namespaces: {}}], ports: [{portNumber: {port: 80, zone: a}}]", "ports[0].portNumber.zone", TestName = "A condition of a port")]
    public void A_field_that_is_not_known_may_narrow_what_is_said_so_the_rule_closes(string rule, string field)
    {
        var allows = Read<AdminNetworkPolicyResource>($"{{{AdminHead}, ingress: [{{action: Allow, {rule}}}]}}");
        var denies = Read<AdminNetworkPolicyResource>($"{{{AdminHead}, ingress: [{{action: Deny, {rule}}}]}}");
        Assert.That(Rules(allows), Is.Empty);
        Assert.That(Rules(denies), Is.EqualTo(new[] { "Deny any | any" }));
        Assert.That(allows.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[] { $"spec.ingress[0].{field}" }));
    }

    [TestCase("protocols: [{tcp: {flags: [SYN]}}]", "protocols[0].tcp.flags", TestName = "What of TCP")]
    [TestCase("protocols: [{tcp: {destinationPort: {number: 80, zone: a}}}]", "protocols[0].tcp.destinationPort.zone", TestName = "What of a port")]
    [TestCase("protocols: [{tcp: {destinationPort: {range: {start: 80, end: 90, step: 2}}}}]", "protocols[0].tcp.destinationPort.range.step", TestName = "What of a range")]
    [TestCase("protocols: [{tcp: {}, icmp: {}}]", "protocols[0].icmp", TestName = "A protocol beside another")]
    public void So_it_does_in_protocols(string protocols, string field)
    {
        var policy = Read<ClusterNetworkPolicyResource>($"{{{Head}, ingress: [{{action: Accept, from: [{{namespaces: {{}}}}], {protocols}}}]}}");
        Assert.That(Rules(policy), Is.Empty);
        Assert.That(policy.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[] { $"spec.ingress[0].{field}" }));
    }

    [Test]
    public void A_baseline_of_another_name_is_none_that_an_API_server_takes() => Assert.That(
        ClusterPolicyTranslator.Translate(new BaselineAdminNetworkPolicyResource
        {
            Metadata = new V1ObjectMeta { Name = "policy" },
            Spec = KubernetesYaml.Deserialize<ClusterPolicySpec>("{subject: {namespaces: {}}}"),
        }).Problems.Items.Select(problem => problem.Field),
        Is.EqualTo(new[] { "metadata.name" }));

    [Test]
    public void Domain_names_are_peers_of_rules_that_accept() => Assert.That(
        Rules(Read<ClusterNetworkPolicyResource>(
            $"{{{Head}, egress: [{{action: Accept, to: [{{domainNames: [WWW.Example.com., '*.example.org']}}], protocols: [{{tcp: {{destinationPort: {{number: 443}}}}}}]}}]}}")),
        Is.EqualTo(new[] { "Allow domains www.example.com, *.example.org | Tcp 443-443" }));

    private static PolicySpec Read<T>(string spec)
        where T : ClusterPolicyResource, new() => ClusterPolicyTranslator.Translate(new T
        {
            Metadata = new V1ObjectMeta { Name = typeof(T) == typeof(BaselineAdminNetworkPolicyResource) ? "default" : "policy" },
            Spec = KubernetesJson.Deserialize<ClusterPolicySpec>(YamlToJson.Convert(spec)!.ToJsonString()),
        });

    private static IEnumerable<string> Rules(PolicySpec policy) =>
        (policy.Ingress ?? policy.Egress)?.Rules.Items.Select(Describe) ?? [];

    private static string Describe(RuleSpec rule)
    {
        var peers = rule.Peers.Items.Select(peer => peer switch
        {
            PeerSpec.Pods pods => pods.Selection.ToString(),
            PeerSpec.Nodes nodes => $"nodes '{nodes.Selector}'",
            PeerSpec.Domains domains => $"domains {string.Join(", ", domains.Names.Items)}",
            _ => peer.ToString()!,
        });
        var ports = rule.Ports.Items.Select(port => port switch
        {
            PortSpec.Numbers numbers => $"{numbers.Protocol} {numbers.Low}-{numbers.High}",
            PortSpec.Named named => $"{named.Protocol} {named.Name}",
            _ => throw new ArgumentException(port.ToString()),
        });
        return $"{rule.Verdict} {(rule.Peers.Count == 0 ? "any" : string.Join(" + ", peers))} | "
            + (rule.Ports.Count == 0 ? "any" : string.Join(", ", ports));
    }
}
