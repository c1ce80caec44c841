using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>Domain names in the rules of one node.</summary>
public class DomainPolicyTests
{
    private static readonly NamespacedName Web = new("shop", "web"), Other = new("other", "pod");
    private static readonly DomainPattern Name = DomainPattern.Parse("www.example.com"), Below = DomainPattern.Parse("*.example.org");
    private static readonly Address Learned = Address.Parse("192.0.2.1"), Learned6 = Address.Parse("2001:db8::1");

    private NodePolicy _node = null!;

    [SetUp]
    public void Two_pods_one_of_which_may_reach_names_only()
    {
        _node = new NodePolicy("node-1").Knowing("shop", "other");
        _node.UpsertPod(new PodView { Name = Web, Addresses = [Address.Parse("10.0.0.1"), Address.Parse("fd00::1")] });
        _node.UpsertPod(new PodView { Name = Other, Addresses = [Address.Parse("10.0.0.2"), Address.Parse("fd00::2")] });
        _node.SetEndpoint(new LocalEndpoint("rt0001", Web, "", [Address.Parse("10.0.0.1"), Address.Parse("fd00::1")]));
        _node.SetEndpoint(new LocalEndpoint("rt0002", Other, "", [Address.Parse("10.0.0.2"), Address.Parse("fd00::2")]));
        _node.UpsertPolicy(Policy(new RuleSpec(
            RuleVerdict.Allow, [new PeerSpec.Domains([Name, Below])],
            [new PortSpec.Numbers(TransportProtocol.Tcp, 443, 443)], "spec.egress[0]")));
        _node.UpsertPolicy(Policy(new RuleSpec(RuleVerdict.Deny, [], [], "spec.egress[0]")) with
        {
            Key = new PolicyKey(PolicyKind.ClusterNetworkPolicy, new("", "zz")), Order = 9,
        });
    }

    [Test]
    public void A_name_of_which_nothing_is_known_matches_nothing() =>
        Assert.That(Passes("10.0.0.1", Learned, 443), Is.False);

    [Test]
    public void What_a_name_stands_for_may_be_reached_at_the_rules_ports_until_it_does_not_any_more()
    {
        _node.Compile();
        _node.SetDomain(Name, [Learned, Learned6]);
        Assert.That(Passes("10.0.0.1", Learned, 443), Is.True);
        Assert.That(Passes("fd00::1", Learned6, 443), Is.True);
        Assert.That(Passes("10.0.0.1", Learned, 80), Is.False);
        Assert.That(Passes("10.0.0.1", Address.Parse("192.0.2.2"), 443), Is.False);

        _node.SetDomain(Below, [Learned]);
        _node.SetDomain(Name, []);
        Assert.That(Passes("10.0.0.1", Learned, 443), Is.True, "another name stands for it");
        Assert.That(Passes("fd00::1", Learned6, 443), Is.False);
        _node.SetDomain(Below, []);
        Assert.That(Passes("10.0.0.1", Learned, 443), Is.False);
    }

    [Test]
    public void A_learned_address_changes_elements_and_no_chain()
    {
        _node.SetDomain(Name, [Learned]);
        var before = _node.Compile();
        _node.SetDomain(Name, [Learned, Address.Parse("192.0.2.2")]);
        var after = _node.Compile();
        Assert.That(after.Chains, Is.SameAs(before.Chains));
        Assert.That(after.Sets.Where(set => !ReferenceEquals(set.Value, before.Sets[set.Key])).Select(set => set.Value.Edit!.Added.Length),
            Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Nothing_is_compiled_for_names_that_nobody_here_names()
    {
        var before = _node.Compile();
        Assert.That(_node.DomainsInUse, Is.EquivalentTo(new[] { Name, Below }));
        _node.SetDomain(DomainPattern.Parse("example.net"), [Learned]);
        Assert.That(_node.Compile(), Is.SameAs(before));

        _node.RemoveEndpoint("rt0001");
        _node.Compile();
        Assert.That(_node.DomainsInUse, Is.Empty);
    }

    [Test]
    public void What_was_learned_before_the_policy_came_counts()
    {
        _node.SetDomain(DomainPattern.Parse("example.net"), [Learned]);
        _node.UpsertPolicy(Policy(new RuleSpec(
            RuleVerdict.Allow, [new PeerSpec.Domains([DomainPattern.Parse("example.net")])], [], "spec.egress[0]")));
        Assert.That(Passes("10.0.0.1", Learned, 80), Is.True);
    }

    [Test]
    public void A_rule_that_denies_names_denies_everything()
    {
        _node.UpsertPolicy(Policy(new RuleSpec(RuleVerdict.Deny, [new PeerSpec.Domains([Name])], [], "spec.egress[0]")));
        _node.RemovePolicy(new PolicyKey(PolicyKind.ClusterNetworkPolicy, new("", "zz")));
        Assert.That(Passes("10.0.0.1", Learned, 443), Is.False);
    }

    [Test]
    public void The_evaluator_and_the_verifier_know_what_is_known_here()
    {
        _node.SetDomain(Name, [Learned]);
        var evaluator = new PolicyEvaluator(_node.SliceOf(new HashSet<Address> { Address.Parse("10.0.0.1") }).ToView());
        var flow = new Flow(new FlowEnd.Address(Address.Parse("10.0.0.1")), new FlowEnd.Address(Learned), TransportProtocol.Tcp, 443);
        Assert.That(evaluator.Evaluate(flow).Allowed, Is.True);
        Assert.That(new RulesetVerifier(new Random(1)).Check(Ruleset.Empty, _node.Compile(), _node), Is.Empty);
    }

    private bool Passes(string from, Address to, ushort port) => new RulesetSimulator(_node.Compile()).Passes(
        new Packet("rt0001", "eth0", Address.Parse(from), to, TransportProtocol.Tcp, port));

    private static PolicySpec Policy(RuleSpec rule) => new()
    {
        Key = new PolicyKey(PolicyKind.ClusterNetworkPolicy, new("", "names")),
        Tier = Tier.Admin,
        Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Everything),
        Ingress = null,
        Egress = new RuleSet([rule]),
    };
}
