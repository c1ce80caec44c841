using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>What rules can say beyond Kubernetes' own kinds, as the evaluator judges it.</summary>
public class RuleShapeTests
{
    private const TransportProtocol Tcp = TransportProtocol.Tcp;

    private static readonly PodView Client = Pod("client", "10.0.0.1", "app", "client");
    private static readonly PodView Web = Pod("web", "10.0.0.2", "app", "web");

    private static readonly ClusterView Cluster = new ClusterView
    {
        Pods = new[] { Client, Web }.ToImmutableDictionary(pod => pod.Name),
        Namespaces = Map("shop", new NamespaceView("shop", Labels("team", "a"))),
        ServiceAccounts = Map(new NamespacedName("shop", "robot"), new ServiceAccountView(new("shop", "robot"), Labels("kind", "machine"))),
        NetworkSets = Map(new NamespacedName("", "partners"), new NetworkSetView(new("", "partners"), Labels("role", "partner"), [Cidr.Parse("192.0.2.0/24")])),
        HostEndpoints = Map("n1-eth0", new HostEndpointView { Name = "n1-eth0", Labels = Labels("role", "host"), Addresses = [Address.Parse("172.16.0.1")] }),
        ServiceSlices = Map(new NamespacedName("shop", "web-1"), new ServiceSliceView(new("shop", "web-1"), "web", [Address.Parse("10.0.0.2")], [new(Tcp, 80, 80)])),
    };

    [TestCase("app == client", true)]
    [TestCase("projectcalico.org/namespace == shop", true)]
    [TestCase("projectcalico.org/orchestrator == k8s", true)]
    [TestCase("projectcalico.org/serviceaccount == robot", true)]
    [TestCase("pcns.team == a", true)]
    [TestCase("pcns.projectcalico.org/name == shop", true)]
    [TestCase("pcsa.kind == machine", true)]
    [TestCase("pcsa.projectcalico.org/name == robot", true)]
    [TestCase("pcns.team == b", false)]
    [TestCase("team == a", false)]
    public void A_selector_sees_the_labels_that_Calico_derives(string condition, bool expected)
    {
        var words = condition.Split(" == ");
        var selection = Selection(LabelSelector.Of(new Requirement(words[0], SelectorOperator.In, [words[1]])), EndpointKinds.All);
        var rule = new RuleSpec(RuleVerdict.Allow, [new PeerSpec.Entity(selection, null, [], [])], [], "rule");
        Assert.That(Allows(rule, "10.0.0.1"), Is.EqualTo(expected));
    }

    [TestCase(EndpointKinds.All, "192.0.2.7", true)]
    [TestCase(EndpointKinds.Pods, "192.0.2.7", false)]
    [TestCase(EndpointKinds.All, "172.16.0.1", true)]
    [TestCase(EndpointKinds.NetworkSets, "172.16.0.1", false)]
    [TestCase(EndpointKinds.All, "198.51.100.1", false)]
    public void A_selection_holds_the_kinds_of_endpoints_it_names(EndpointKinds kinds, string from, bool expected)
    {
        var selection = Selection(LabelSelector.Of(new Requirement("role", SelectorOperator.Exists, [])), kinds);
        var rule = new RuleSpec(RuleVerdict.Allow, [new PeerSpec.Entity(selection, null, [], [])], [], "rule");
        Assert.That(Allows(rule, from), Is.EqualTo(expected));
    }

    [Test]
    public void An_entity_fulfils_every_condition_at_once()
    {
        var notPartners = Selection(LabelSelector.Of(new Requirement("role", SelectorOperator.In, ["partner"])), EndpointKinds.All);
        var rule = new RuleSpec(
            RuleVerdict.Allow,
            [new PeerSpec.Entity(null, notPartners, [Cidr.Parse("192.0.0.0/8"), Cidr.Parse("10.0.0.0/8")], [Cidr.Parse("192.168.0.0/16")])],
            [], "rule");
        Assert.That(
            new[] { "10.0.0.1", "192.0.2.1", "192.168.0.1", "192.1.0.1", "198.51.100.1" }.Select(from => Allows(rule, from)),
            Is.EqualTo(new[] { true, false, false, true, false }));
    }

    [Test]
    public void A_service_is_its_endpoints_at_their_ports_and_as_a_source_at_any()
    {
        RuleSpec rule = new(RuleVerdict.Allow, [new PeerSpec.Service(new("shop", "web"))], [], "rule");
        var evaluator = new PolicyEvaluator(With(Direction.Egress, rule));
        Assert.That(Evaluate(evaluator, "10.0.0.1", "10.0.0.2", 80), Is.True);
        Assert.That(Evaluate(evaluator, "10.0.0.1", "10.0.0.2", 81), Is.False);
        Assert.That(Evaluate(evaluator, "10.0.0.1", "192.0.2.1", 80), Is.False);
        var ingress = new PolicyEvaluator(With(Direction.Ingress, rule));
        Assert.That(Evaluate(ingress, "10.0.0.2", "10.0.0.1", 81), Is.True);
    }

    [Test]
    public void Ports_that_a_rule_excepts_types_of_ICMP_families_and_source_ports_are_conditions()
    {
        RuleSpec all = new(RuleVerdict.Allow, [], [], "rule");
        var echo = new PortSpec.Icmp(TransportProtocol.Icmp, 8, null);
        var flow = new Flow(End("192.0.2.1"), End("10.0.0.2"), Tcp, 80);
        var ping = new Flow(flow.From, flow.To, TransportProtocol.Icmp, 0) { IcmpType = 8 };
        var pong = ping with { IcmpType = 0 };
        var gre = flow with { Protocol = (TransportProtocol)47, Port = 0 };
        (RuleSpec Rule, Flow Flow, bool Expected)[] cases =
        [
            (all with { NotPorts = [PortSpec.Numbers.All(Tcp)] }, flow, false),
            (all with { NotPorts = [PortSpec.Numbers.All(Tcp)] }, gre, true),
            (all with { Ports = [PortSpec.Numbers.All((TransportProtocol)47)] }, gre, true),
            (all with { Ports = [echo] }, ping, true),
            (all with { Ports = [echo] }, pong, false),
            (all with { NotPorts = [echo] }, pong, true),
            (all with { Family = IpFamily.V6 }, flow, false),
            (all with { Family = IpFamily.V4 }, flow, true),
            (all with { SourcePorts = [new PortSpec.Numbers(Tcp, 1000, 2000)] }, flow, false),
            (all with { SourcePorts = [new PortSpec.Numbers(Tcp, 1000, 2000)] }, flow with { SourcePort = 1500 }, true),
            (all with { NotSourcePorts = [new PortSpec.Numbers(Tcp, 1000, 2000)] }, flow with { SourcePort = 1500 }, false),
            (all with { Own = [new PeerSpec.Entity(null, null, [Cidr.Parse("10.0.0.2/32")], [])] }, flow, true),
            (all with { Own = [new PeerSpec.Entity(null, null, [Cidr.Parse("10.0.0.1/32")], [])] }, flow, false),
            (all with { Verdict = RuleVerdict.Log }, flow, false),
        ];
        foreach (var (rule, question, expected) in cases)
        {
            var evaluator = new PolicyEvaluator(With(Direction.Ingress, rule));
            Assert.That(evaluator.Evaluate(question).Allowed, Is.EqualTo(expected), $"{rule} of {question}");
        }
    }

    [Test]
    public void A_tier_is_what_the_cluster_says_of_its_name()
    {
        RuleSpec nothing = new(RuleVerdict.Allow, [], [PortSpec.Numbers.All(Tcp)], "rule");
        var cluster = With(Direction.Ingress, nothing, Tier.Unknown("late"));
        var ping = new Flow(End("192.0.2.1"), End("10.0.0.2"), TransportProtocol.Icmp, 0);
        Assert.That(new PolicyEvaluator(cluster).Evaluate(ping).Allowed, Is.False);
        cluster = cluster with { Tiers = cluster.Tiers.Add("late", new Tier(5, "late", Isolates: false)) };
        Assert.That(new PolicyEvaluator(cluster).Evaluate(ping).Allowed, Is.True);
    }

    [Test]
    public void A_staged_policy_is_judged_only_when_asked_for()
    {
        var cluster = With(Direction.Ingress, new RuleSpec(RuleVerdict.Deny, [], [], "rule"));
        var (key, policy) = cluster.Policies.Single();
        var staged = policy with { Key = key with { Kind = PolicyKind.StagedGlobalNetworkPolicy }, IsStaged = true };
        var flow = new Flow(End("192.0.2.1"), End("10.0.0.2"), Tcp, 80);
        cluster = cluster with { Policies = cluster.Policies.Remove(key).Add(staged.Key, staged) };
        Assert.That(new PolicyEvaluator(cluster).Evaluate(flow).Allowed, Is.True);
        Assert.That(new PolicyEvaluator(cluster.WithStaged()).Evaluate(flow).Allowed, Is.False);
        var deletion = staged with { IsStagedDeletion = true };
        cluster = cluster with { Policies = cluster.Policies.Add(key, policy).SetItem(deletion.Key, deletion) };
        Assert.That(new PolicyEvaluator(cluster).Evaluate(flow).Allowed, Is.False);
        Assert.That(new PolicyEvaluator(cluster.WithStaged()).Evaluate(flow).Allowed, Is.True);
    }

    [TestCase("a", "a-b", 1)] // '/' ends a name, and sorts after '-' and '.'
    [TestCase("a", "ab", -1)]
    [TestCase("a", "a", 0)]
    public void Policies_of_one_order_are_asked_by_name(string one, string other, int expected) => Assert.That(
        Math.Sign(PolicyKey.NetworkPolicy("x", one).CompareTo(PolicyKey.NetworkPolicy("x", other))), Is.EqualTo(expected));

    private static bool Allows(RuleSpec rule, string from) =>
        Evaluate(new PolicyEvaluator(With(Direction.Ingress, rule)), from, "10.0.0.2", 80);

    private static bool Evaluate(PolicyEvaluator evaluator, string from, string to, ushort port) =>
        evaluator.Evaluate(new Flow(End(from), End(to), Tcp, port)).Allowed;

    /// <summary>The cluster with one policy for every pod.</summary>
    private static ClusterView With(Direction direction, RuleSpec rule, Tier? tier = null)
    {
        var policy = new PolicySpec
        {
            Key = PolicyKey.ClusterWide(PolicyKind.GlobalNetworkPolicy, "policy"),
            Tier = tier ?? Tier.Default,
            Subject = PodSelection.Everything,
            Ingress = direction == Direction.Ingress ? new RuleSet([rule]) : null,
            Egress = direction == Direction.Egress ? new RuleSet([rule]) : null,
        };
        return Cluster with { Policies = Cluster.Policies.Add(policy.Key, policy) };
    }

    private static FlowEnd.Address End(string text) => new(Address.Parse(text));

    private static PodSelection Selection(LabelSelector selector, EndpointKinds kinds) =>
        new(new NamespaceScope.Any(), selector) { Kinds = kinds };

    private static PodView Pod(string name, string address, string key, string value) => new()
    {
        Name = new("shop", name), Labels = Labels(key, value), Addresses = [Address.Parse(address)], ServiceAccount = "robot",
    };

    private static LabelSet Labels(string key, string value) => LabelSet.Empty.With(key, value);

    private static ImmutableDictionary<TKey, TValue> Map<TKey, TValue>(TKey key, TValue value)
        where TKey : notnull => ImmutableDictionary<TKey, TValue>.Empty.Add(key, value);
}
