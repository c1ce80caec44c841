using System.Collections.Immutable;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.Dataplane.Conntrack;

/// <summary>By which interface a connection is judged, over a node with two uplinks of which host endpoints close one.</summary>
public sealed class FlowJudgeTests
{
    private const string Node = "172.16.0.1", Web = "10.0.0.1", World = "192.0.2.1", Other = "198.51.100.1", Link = "fe80::2", NodeLink = "fe80::1";

    private const string Pod = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop}
        spec: {nodeName: n1, containers: [{name: c, image: c}]}
        status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}]}
        ---

        """;

    [TestCase("eth1", Node, World, "172.16.0.1 > 192.0.2.1 by this host", TestName = "From the host: the way out, from its address")]
    [TestCase("eth1", World, Node, "172.16.0.1 > 192.0.2.1 by this host", TestName = "To the host: the way back, from its address")]
    [TestCase("eth1", Web, World, "10.0.0.1 > 192.0.2.1 by rt-web", TestName = "From a pod: the way out, from the pod and its interface")]
    [TestCase("eth1", World, Web, "10.0.0.1 > 192.0.2.1 by rt-web", TestName = "To a pod: the way back, from the pod and its interface")]
    [TestCase("eth1", World, Other, "any > 192.0.2.1 by this host, 192.0.2.1 > 198.51.100.1 by eth1, 198.51.100.1 > 192.0.2.1 by eth1",
        TestName = "Through the host: the way on from where the packet is guessed to come in, and the way back")]
    public void Routes_are_asked_from_the_other_end(string way, string from, string to, string questions)
    {
        var asked = new List<string>();
        using var ways = new FakeWays(Node)
        {
            Routes = one =>
            {
                asked.Add($"{(one.Source is { } source ? $"{source}" : "any")} > {one.Destination} by {one.Input ?? "this host"}");
                return [way];
            },
        };
        Assert.That(new FlowJudge(Rules("eth1"), ways, ImmutableHashSet<Address>.Empty).Forbids(Entry(from, to)), Is.True);
        Assert.That(string.Join(", ", asked), Is.EqualTo(questions));
        Assert.That(new FlowJudge(Rules("eth0"), ways, ImmutableHashSet<Address>.Empty).Forbids(Entry(from, to)), Is.False);
    }

    [TestCase("*", "uplink", true)]
    [TestCase("uplink", "uplink", true)]
    [TestCase("eth1", "", false, TestName = "Nothing is forbidden by an interface that is not known")]
    [TestCase("*", "", false, TestName = "Nothing is forbidden where nothing is known, not even by all interfaces")]
    [TestCase("uplink", "", false, TestName = "No interface's name stands for those that are not known")]
    [TestCase("eth1", "eth0,eth1", false, TestName = "One of two ways allows it")]
    [TestCase("*", "eth0,eth1", true, TestName = "Neither of two ways allows it")]
    public void What_is_not_known_forbids_nothing(string endpoint, string interfaces, bool forbids)
    {
        using var ways = new FakeWays(Node, NodeLink) { Routes = _ => [.. interfaces.Split(',', StringSplitOptions.RemoveEmptyEntries)] };
        var judge = new FlowJudge(Rules(endpoint), ways, ImmutableHashSet<Address>.Empty);
        foreach (var (from, to) in new[] { (Node, World), (World, Node), (Web, World), (World, Web), (World, Other), (Link, NodeLink) })
        {
            if (endpoint == "*" && (from == Web || to == Web))
            {
                continue; // the pod's own interface is one of all
            }

            Assert.That(judge.Forbids(Entry(from, to)), Is.EqualTo(forbids), $"{from} > {to}");
        }
    }

    [Test]
    public void Pods_policies_hold_whatever_is_known_of_interfaces()
    {
        using var ways = new FakeWays(Node);
        var rules = Rules("*", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
            """);
        var judge = new FlowJudge(rules, ways, ImmutableHashSet<Address>.Empty);
        Assert.That((judge.Forbids(Entry(World, Web)), judge.Forbids(Entry(Web, World)), judge.Forbids(Entry(Node, Web))), Is.EqualTo((true, true, false)));
    }

    private static Ruleset Rules(string interfaceName, string policy = "")
    {
        var policies = new NodePolicy("n1");
        policies.Replace(Yaml.Cluster(Pod + $$$"""
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: closed, labels: {closed: here}}
            spec: {node: n1, interfaceName: "{{{interfaceName}}}"}
            ---
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: nothing}
            spec: {selector: has(closed), applyOnForward: true, types: [Ingress, Egress]}
            ---

            """ + policy));
        policies.SetEndpoint(new LocalEndpoint("rt-web", new NamespacedName("shop", "web"), "", [Address.Parse(Web)]));
        return policies.Compile();
    }

    private static ConntrackEntry Entry(string from, string to)
    {
        var (source, destination) = (Address.Parse(from), Address.Parse(to));
        return new ConntrackEntry(
            new ConntrackTuple(source, destination, 6, 40000, 8080), new ConntrackTuple(destination, source, 6, 8080, 40000),
            Id: 1, Zone: 0, IsExpected: false);
    }
}
