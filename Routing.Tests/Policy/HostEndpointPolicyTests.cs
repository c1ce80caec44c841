using System.Text.Json;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy;

public class HostEndpointPolicyTests
{
    private const string Node = "172.16.0.1", Other = "172.16.0.2", World = "192.0.2.1";
    private const string Web = "shop/web", Near = "shop/near", Far = "shop/far";

    private const string Cluster = """
        apiVersion: v1
        kind: Node
        metadata: {name: n1}
        status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2}
        status: {addresses: [{type: InternalIP, address: 172.16.0.2}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: c, image: c}]}
        status: {podIPs: [{ip: 10.1.0.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: near, namespace: shop}
        spec: {nodeName: n1, containers: [{name: c, image: c}]}
        status: {podIPs: [{ip: 10.1.0.2}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: far, namespace: shop}
        spec: {nodeName: n2, containers: [{name: c, image: c}]}
        status: {podIPs: [{ip: 10.2.0.1}]}
        """;

    private const string Eth0 = """
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: edge, labels: {role: edge}}
        spec: {node: n1, interfaceName: eth0, expectedIPs: [172.16.0.1], ports: [{name: admin, protocol: TCP, port: 9443}]}
        """;

    private const string All = """
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: edge, labels: {role: edge}}
        spec: {node: n1, interfaceName: "*"}
        """;

    private const string Open = """
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: edge, labels: {role: edge}}
        spec: {node: n1, interfaceName: eth0, expectedIPs: [172.16.0.1], profiles: [projectcalico-default-allow]}
        """;

    private static readonly string Ordinary = Policy("""
        types: [Ingress, Egress]
        ingress: [{action: Allow, protocol: TCP, destination: {ports: [80, admin]}}]
        egress: [{action: Deny, protocol: TCP, destination: {ports: [25]}}, {action: Allow}]
        """);

    private static readonly string Forward = Policy("""
        applyOnForward: true
        types: [Ingress, Egress]
        ingress: [{action: Allow, protocol: TCP, source: {nets: [192.0.2.0/24]}, destination: {selector: "app == 'web'", ports: [80]}}]
        egress: [{action: Allow, source: {selector: "app == 'web'"}}]
        """);

    private static readonly string PreDnat = Policy("""
        preDNAT: true
        applyOnForward: true
        ingress: [{action: Deny, source: {nets: [192.0.2.1/32]}}, {action: Allow, protocol: TCP, destination: {ports: [80]}}]
        """);

    private static readonly string Untracked = Policy("""
        doNotTrack: true
        applyOnForward: true
        types: [Ingress, Egress]
        ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}, {action: Deny, protocol: TCP, destination: {ports: [22, 81]}}]
        egress: [{action: Allow, protocol: TCP, destination: {ports: [90]}}]
        """);

    private static IEnumerable<TestCaseData> Cases()
    {
        TestCaseData Case(string name, string manifests, string from, string to, int port, string verdict, string code) =>
            new TestCaseData(manifests, from, to, (ushort)port, verdict, code).SetName($"{name}: {from} to {to} port {port}");

        yield return Case("no policy", Eth0, World, Node, 80, "Deny", "Local ClosedHost");
        yield return Case("no policy", Eth0, Node, World, 80, "Deny", "Local ClosedHost");
        yield return Case("no policy", Eth0, World, Node, 22, "Allow", "Local Failsafe");
        yield return Case("no policy", Eth0, Node, World, 22, "Deny", "Local ClosedHost");
        yield return Case("no policy", Eth0, Node, World, 6443, "Allow", "Local Failsafe");
        yield return Case("no policy", Eth0, World, Web, 80, "Allow", "");
        yield return Case("no policy", Eth0, Web, World, 80, "Allow", "");
        yield return Case("no policy", Eth0, Web, Node, 80, "Allow", "");
        yield return Case("no policy", Eth0, Node, Web, 80, "Allow", "");
        yield return Case("no policy", Eth0, Node, Far, 80, "Deny", "Local ClosedHost");
        yield return Case("no policy", Eth0, Far, Node, 80, "Deny", "Local ClosedHost");
        yield return Case("no policy", Eth0, Other, World, 80, "Allow", "");
        yield return Case("default-allow", Open, World, Node, 80, "Allow", "Local NotIsolated");
        yield return Case("default-allow", Open + Ordinary, World, Node, 81, "Deny", "Local Isolated");
        yield return Case("ordinary", Eth0 + Ordinary, World, Node, 80, "Allow", "Local AllowedByRule");
        yield return Case("ordinary, a port's name", Eth0 + Ordinary, World, Node, 9443, "Allow", "Local AllowedByRule");
        yield return Case("ordinary", Eth0 + Ordinary, World, Node, 81, "Deny", "Local Isolated");
        yield return Case("ordinary", Eth0 + Ordinary, Node, World, 25, "Deny", "Local DeniedByRule");
        yield return Case("ordinary", Eth0 + Ordinary, World, Web, 81, "Allow", "");
        yield return Case("forward", Eth0 + Forward, World, Web, 80, "Allow", "Forward AllowedByRule");
        yield return Case("forward", Eth0 + Forward, World, Web, 22, "Deny", "Forward Isolated");
        yield return Case("forward", Eth0 + Forward, World, Near, 80, "Deny", "Forward Isolated");
        yield return Case("forward", Eth0 + Forward, Web, Far, 1, "Allow", "Forward AllowedByRule");
        yield return Case("forward", Eth0 + Forward, Near, Far, 1, "Deny", "Forward Isolated");
        yield return Case("forward", Eth0 + Forward, Near, Web, 1, "Allow", "");
        yield return Case("forward, all interfaces", All + Forward, Near, Web, 1, "Deny", "Forward Isolated");
        yield return Case("preDNAT", Eth0 + PreDnat + Forward, World, Web, 80, "Deny", "PreDnat DeniedByRule");
        yield return Case("preDNAT", Eth0 + PreDnat + Forward, Far, Near, 80, "Allow", "PreDnat AllowedByRule");
        yield return Case("preDNAT", Eth0 + PreDnat + Forward, Far, Near, 81, "Deny", "Forward Isolated");
        yield return Case("preDNAT", Eth0 + PreDnat, Far, Node, 80, "Allow", "PreDnat AllowedByRule");
        yield return Case("preDNAT", Eth0 + PreDnat, World, Node, 22, "Allow", "Local Failsafe");
        yield return Case("doNotTrack", Eth0 + Untracked, World, Node, 80, "Allow", "Untracked AllowedByRule");
        yield return Case("doNotTrack", Eth0 + Untracked + Forward, Far, Near, 80, "Allow", "Untracked AllowedByRule");
        yield return Case("doNotTrack", Eth0 + Untracked, World, Node, 81, "Deny", "Untracked DeniedByRule");
        yield return Case("doNotTrack", Eth0 + Untracked, World, Node, 22, "Allow", "Local Failsafe");
        yield return Case("doNotTrack", Eth0 + Untracked, Node, World, 90, "Allow", "Untracked AllowedByRule");
        yield return Case("doNotTrack", Eth0 + Untracked, Node, World, 91, "Deny", "Local ClosedHost");
    }

    [TestCaseSource(nameof(Cases))]
    public void Evaluated(string manifests, string from, string to, ushort port, string verdict, string code)
    {
        var cluster = Yaml.Cluster(Cluster + "\n" + manifests);
        Assert.That(FlowEnd.TryParse(from, out var source) & FlowEnd.TryParse(to, out var destination));
        var flow = new Flow(source!, destination!, TransportProtocol.Tcp, port);
        var answer = new PolicyEvaluator(cluster).Evaluate(flow);
        var last = answer.Families[0].Reasons.LastOrDefault(reason => reason.Layer is not null);
        Assert.That(last is null ? "" : $"{last.Layer} {last.Code}", Is.EqualTo(code));
        Assert.That(answer.Allowed ? "Allow" : "Deny", Is.EqualTo(verdict));

        var hosts = new FlowExplainer(cluster).Explain(flow).Families[0].Hosts;
        Assert.That(hosts.LastOrDefault()?.Reasons.LastOrDefault(), Is.EqualTo(last));
        Assert.That(hosts.SelectMany(host => host.Tiers).Any(), Is.EqualTo(
            hosts.Any(host => host.Reasons.All(reason => reason.Policy is not null))));
    }

    [TestCase("""{"doNotTrack": true}""", "spec.applyOnForward")]
    [TestCase("""{"preDNAT": true}""", "spec.applyOnForward")]
    [TestCase("""{"applyOnForward": true, "preDNAT": true, "doNotTrack": true}""", "spec.preDNAT")]
    [TestCase("""{"applyOnForward": true, "preDNAT": true, "egress": [{"action": "Allow"}]}""", "spec.egress")]
    [TestCase("""{"applyOnForward": true, "preDNAT": true, "types": ["Ingress", "Egress"]}""", "spec.egress")]
    public void A_policy_of_two_minds_denies_what_it_denies_and_allows_nothing(string fields, string field)
    {
        var spec = JsonSerializer.Deserialize<CalicoPolicySpec>(fields)!;
        (spec.Ingress, spec.Selector) = (
            [new() { Action = "Allow" }, new() { Action = "Deny", Protocol = new("TCP") }], "role == 'edge'");
        var policy = CalicoPolicyTranslator.Translate(
            new CalicoGlobalNetworkPolicyResource { Metadata = new() { Name = "two" }, Spec = spec });
        Assert.That(policy.Problems.Items.Select(problem => problem.Field), Does.Contain(field));
        Assert.That(policy.Subject!.Kinds, Is.EqualTo(EndpointKinds.HostEndpoints));
        Assert.That(
            (policy.Ingress?.Rules.Items ?? []).Concat(policy.Egress?.Rules.Items ?? []).Select(rule => rule.Verdict).Distinct(),
            Is.SubsetOf(new[] { RuleVerdict.Deny }));
    }

    [TestCase("""{"node": "n1", "interfaceName": "eth0", "profiles": ["projectcalico-default-allow"]}""", "")]
    [TestCase("""{"node": "n1", "interfaceName": "eth0", "profiles": ["other"]}""", "spec.profiles[0]")]
    [TestCase("""{"interfaceName": "eth0"}""", "spec.node")]
    [TestCase("""{"node": "n1"}""", "spec.interfaceName")]
    [TestCase("""{"node": "n1", "interfaceName": "rt0123456789ab"}""", "spec.interfaceName")]
    [TestCase("""{"node": "n1", "interfaceName": "eth0123456789012"}""", "spec.interfaceName")]
    [TestCase("""{"node": "n1", "interfaceName": "eth+"}""", "spec.interfaceName")]
    [TestCase("""{"node": "n1", "interfaceName": "eth0 -j ACCEPT"}""", "spec.interfaceName")]
    [TestCase("""{"node": "n1", "interfaceName": "*"}""", "")]
    public void A_mistake_in_a_host_endpoint_is_told(string spec, string field)
    {
        var (view, problems) = HostEndpointTranslator.Translate(
            new CalicoHostEndpointResource
            {
                Metadata = new() { Name = "edge" },
                Spec = JsonSerializer.Deserialize<HostEndpointSpec>(spec),
            });
        Assert.That(problems.Items.Select(problem => problem.Field), Is.EqualTo(field.Length == 0 ? [] : new[] { field }));
        Assert.That(view.IsOpen, Is.EqualTo(spec.Contains("default-allow", StringComparison.Ordinal)));
    }

    [Test]
    public void Interfaces_are_found_by_name_then_by_address_and_all_others_are_the_rest()
    {
        var policy = new NodePolicy("n1");
        HostEndpointView Endpoint(string name, string link, string? address = null, string node = "n1") => new()
        {
            Name = name, NodeName = node, InterfaceName = link, Addresses = address is null ? [] : [Address.Parse(address)],
        };

        policy.ReplaceHostEndpoints([
            Endpoint("a", "", "172.16.0.1"), Endpoint("b", "eth0"), Endpoint("c", "eth1"), Endpoint("d", "*"), Endpoint("e", "*"),
            Endpoint("f", "eth2", node: "n2"), Endpoint("g", "", "192.0.2.9"), Endpoint("h", "eth+"), Endpoint("i", "rt0000"),
            Endpoint("j", "eth0123456789012")]);
        Assert.That(Assigned(), Is.EqualTo("a: b:eth0 c:eth1 d:* e: g: h: i: j:"), "before the interfaces are known");

        policy.SetHostInterfaces([new HostInterface("eth0", [Address.Parse("172.16.0.1")]), new HostInterface("eth1", [])]);
        Assert.That(Assigned(), Is.EqualTo("a:eth0 b: c:eth1 d:* e: g: h: i: j:"), "the name that comes first has it");

        policy.SetHostInterfaces([new HostInterface("eth9", [Address.Parse("172.16.0.1"), Address.Parse("192.0.2.9")])]);
        Assert.That(Assigned(), Is.EqualTo("a:eth9 b:eth0 c:eth1 d:* e: g: h: i: j:"), "the address moved");

        var before = policy.Compile();
        Assert.That(policy.Compile(), Is.SameAs(before));
        policy.ReplaceHostEndpoints([]);
        Assert.That(policy.Compile().Chains.Keys, Has.None.StartsWith("host-"));

        string Assigned()
        {
            policy.Compile();
            return string.Join(' ', policy.HostEndpoints().Select(one => $"{one.Endpoint.Name}:{string.Join(',', one.Interfaces)}"));
        }
    }

    [Test]
    public void A_slice_of_the_node_has_all_that_decides_about_its_addresses()
    {
        var cluster = Yaml.Cluster(Cluster + "\n" + Eth0 + Ordinary + PreDnat);
        var policy = new NodePolicy("n1");
        policy.Replace(cluster);
        foreach (var (from, to, port) in new[] { (World, Node, 80), (World, Node, 81), (Node, World, 25), (World, "10.1.0.1", 80) })
        {
            Address[] ends = [Address.Parse(from), Address.Parse(to)];
            var flow = new Flow(new FlowEnd.Address(ends[0]), new FlowEnd.Address(ends[1]), TransportProtocol.Tcp, (ushort)port);
            Assert.That(
                new PolicyEvaluator(policy.SliceOf(ends.ToHashSet()).ToView()).Evaluate(flow).Families[0].Reasons,
                Is.EqualTo(new PolicyEvaluator(cluster).Evaluate(flow).Families[0].Reasons));
        }
    }

    [Test]
    public void The_list_of_policies_says_which_host_endpoints_each_is_about()
    {
        var policy = new NodePolicy("n1");
        policy.Replace(Yaml.Cluster(Cluster + "\n" + Eth0 + Ordinary));
        Assert.That(policy.Policies().Single().LocalHosts.Items, Is.EqualTo(new[] { "edge" }));
        policy.RemoveHostEndpoint("edge");
        Assert.That(policy.Policies().Single().LocalHosts.Items, Is.Empty);
    }

    [Test]
    public void Each_place_decides_for_some_random_cluster()
    {
        var seen = new HashSet<(HostLayer, Direction, bool)>();
        for (var seed = 1; seed <= 120 && seen.Count < 14; seed++)
        {
            var cluster = new RandomCalico(seed).Around(new RandomCluster(seed).Make(policies: 3));
            var evaluator = new PolicyEvaluator(cluster);
            foreach (var from in Ends(cluster))
            {
                foreach (var to in Ends(cluster).Where(to => to.Family == from.Family))
                {
                    var flow = new Flow(new FlowEnd.Address(from), new FlowEnd.Address(to), TransportProtocol.Tcp, 80);
                    seen.UnionWith(evaluator.Evaluate(flow).Families[0].Reasons
                        .Where(reason => reason.Layer is not null && reason.Policy is not null)
                        .Select(reason => (reason.Layer!.Value, reason.Side, reason.Denies)));
                }
            }
        }

        Assert.That(
            seen, Has.Count.EqualTo(14), "allowed and denied, at four places inwards and three outwards: " + string.Join(' ', seen));

        static IEnumerable<Address> Ends(ClusterView cluster) => cluster.Pods.Values.SelectMany(pod => pod.Addresses.Items)
            .Concat(cluster.Nodes.Values.SelectMany(node => node.Addresses.Items)).Concat(RandomCluster.Externals);
    }

    [TestCase("tcp:22,udp:68", "tcp:22,udp:68", "")]
    [TestCase("TCP:22, sctp:5", "tcp:22,sctp:5", "")]
    [TestCase("none", "none", "")]
    [TestCase("22,icmp:1,tcp:0,tcp:65536,", "none", "22|icmp:1|tcp:0|tcp:65536|")]
    public void Failsafe_ports_on_a_command_line(string text, string read, string wrong)
    {
        Assert.That(FailsafeText.Write(FailsafeText.Read(text, out var bad)), Is.EqualTo(read));
        Assert.That(string.Join('|', bad), Is.EqualTo(wrong));
    }

    private static int _policies;

    private static string Policy(string spec) => $$"""

        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: policy-{{++_policies}}}
        spec:
          selector: role == 'edge'
          {{spec.ReplaceLineEndings("\n  ")}}
        """;
}
