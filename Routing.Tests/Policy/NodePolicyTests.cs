using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class NodePolicyTests
{
    private static readonly NamespacedName Web = new("shop", "web");

    [Test]
    public void An_interface_whose_pod_is_not_known_stays_closed()
    {
        var node = new NodePolicy("node-1");
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        var ruleset = node.Compile();
        Assert.That(node.IsOpen("rt0001"), Is.False);
        Assert.That(ruleset.Maps.Values.SelectMany(map => map.Elements.Keys), Is.Empty);

        node.UpsertPod(new PodView { Name = Web });
        ruleset = node.Compile();
        Assert.That(node.IsOpen("rt0001"), Is.True);
        Assert.That(ruleset.Maps["egress-by-interface"].Elements["rt0001"], Is.EqualTo(Verdict.Return));
        Assert.That(ruleset.Maps["ingress-by-interface"].Elements["rt0001"], Is.EqualTo(Verdict.Accept));
        Assert.That(ruleset.Sets["sources4"].Elements, Has.Count.EqualTo(1));

        node.RemovePod(Web);
        Assert.That(node.Compile().Sets["sources4"].Elements, Is.Empty);
        Assert.That(node.IsOpen("rt0001"), Is.False);
    }

    [Test]
    public void An_unchanged_object_changes_nothing()
    {
        var node = new NodePolicy("node-1");
        node.UpsertNamespace(NamespaceView.Bare("shop"));
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.UpsertPolicy(AllowFrom("policy", "app", "client"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        var before = node.Compile();
        node.UpsertNamespace(NamespaceView.Bare("shop"));
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.UpsertPolicy(AllowFrom("policy", "app", "client"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.ReplacePods([Pod(Web, "10.0.0.1")]);
        node.ReplaceNamespaces([NamespaceView.Bare("shop")]);
        node.ReplacePolicies(PolicyKind.NetworkPolicy, [AllowFrom("policy", "app", "client")]);
        Assert.That(node.Compile(), Is.SameAs(before));
    }

    private static PolicySpec AllowFrom(string name, string key, string value)
    {
        var shop = new NamespaceScope.Named("shop");
        var client = LabelSelector.Of(new Requirement(key, SelectorOperator.In, [value]));
        return new PolicySpec
        {
            Key = PolicyKey.NetworkPolicy("shop", name),
            Subject = new PodSelection(shop, LabelSelector.Everything),
            Ingress = new RuleSet([
                new RuleSpec(
                    RuleVerdict.Allow,
                    [new PeerSpec.Pods(new PodSelection(shop, client))],
                    [new PortSpec.Numbers(TransportProtocol.Tcp, 80, 80)],
                    "spec.ingress[0]")]),
            Egress = null,
        };
    }

    private static PodView Pod(NamespacedName name, params string[] addresses) =>
        new() { Name = name, Addresses = addresses.Select(Address.Parse).ToEquatableArray() };

    private static LocalEndpoint Endpoint(string interfaceName, NamespacedName pod, params string[] addresses) =>
        new(interfaceName, pod, "", addresses.Select(Address.Parse).ToEquatableArray());
}
