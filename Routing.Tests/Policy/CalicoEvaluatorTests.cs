using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy;

/// <summary>What Calico's documentation says of its kinds, over one small cluster.</summary>
public class CalicoEvaluatorTests
{
    private const string Cluster = """
        {apiVersion: v1, kind: Namespace, metadata: {name: prod, labels: {env: production}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: dev, labels: {env: testing}}}
        ---
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: prod, labels: {kind: machine}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: prod, labels: {app: web}},
         spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}, status: {podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: prod, labels: {app: db, tier: store}},
         spec: {serviceAccountName: robot, containers: [{name: c}]}, status: {podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: dev, labels: {app: client}},
         spec: {containers: [{name: c}]}, status: {podIPs: [{ip: 10.0.0.3}, {ip: "fd00::3"}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: partners, labels: {role: partner}},
         spec: {nets: [192.0.2.0/24, "2001:db8::/32"]}}
        ---
        {apiVersion: crd.projectcalico.org/v1, kind: NetworkSet, metadata: {name: office, namespace: dev, labels: {role: office}},
         spec: {nets: [198.51.100.7]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: n1, labels: {role: host}},
         spec: {node: n1, interfaceName: eth0, expectedIPs: [172.16.0.1]}}
        ---
        {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, namespace: prod, labels: {kubernetes.io/service-name: web}},
         addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{port: 80, protocol: TCP}]}

        """;

    private const string Web = "selector: app == 'web'";

    [TestCase($"{{{Web}, ingress: []}}", "prod/db>prod/web:80 Deny", "prod/web>prod/db:80 Allow", TestName = "Calico: a policy without rules isolates")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{selector: app == 'db'}}}}]}}", "prod/db>prod/web:80 Allow", "dev/client>prod/web:80 Deny", TestName = "Calico: a selector in a namespace")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{selector: all(), namespaceSelector: env == 'testing'}}}}]}}", "dev/client>prod/web:80 Allow", "prod/db>prod/web:80 Deny", "198.51.100.7>prod/web:80 Allow", "192.0.2.1>prod/web:80 Deny", TestName = "Calico: a namespaceSelector, and the network sets in there")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{selector: has(role), namespaceSelector: global()}}}}]}}", "192.0.2.1>prod/web:80 Allow", "198.51.100.7>prod/web:80 Deny", "172.16.0.1>prod/web:80 Allow", TestName = "Calico: global() is network sets and hosts in no namespace")]
    [TestCase($"{{{Web}, ingress: [{{action: Deny, source: {{selector: app == 'db'}}}}, {{action: Allow}}]}}", "prod/db>prod/web:80 Deny", "dev/client>prod/web:80 Allow", "192.0.2.1>prod/web:80 Allow", TestName = "Calico: the first rule that matches decides")]
    [TestCase($"{{{Web}, ingress: [{{action: Log}}, {{action: Allow, protocol: TCP, destination: {{ports: [http]}}}}]}}", "prod/db>prod/web:80 Allow", "prod/db>prod/web:81 Deny", TestName = "Calico: a rule that logs decides nothing")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, protocol: TCP, destination: {{notPorts: ['1:1023']}}}}]}}", "prod/db>prod/web:80 Deny", "prod/db>prod/web:8080 Allow", "prod/db>prod/web:8080/UDP Deny", TestName = "Calico: notPorts")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, notProtocol: UDP}}]}}", "prod/db>prod/web:80/UDP Deny", "prod/db>prod/web:0/47 Allow", "prod/db>prod/web:80 Allow", TestName = "Calico: notProtocol")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, protocol: ICMP, icmp: {{type: 8}}}}]}}", "prod/db>prod/web:8/ICMP Allow", "prod/db>prod/web:0/ICMP Deny", TestName = "Calico: types of ICMP")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{notNets: [10.0.0.2]}}}}]}}", "10.0.0.3>10.0.0.1:80 Allow", "10.0.0.2>10.0.0.1:80 Deny", "fd00::3>fd00::1:80 Deny", TestName = "Calico: notNets of IPv4 open nothing of IPv6")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{notNets: [10.0.0.2, 'fd00::2']}}}}]}}", "10.0.0.2>10.0.0.1:80 Deny", "fd00::2>fd00::1:80 Deny", "fd00::3>fd00::1:80 Allow", TestName = "Calico: notNets of both")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{nets: [10.0.0.0/8, 'fd00::/8'], notNets: ['fd00::2']}}}}]}}", "10.0.0.3>10.0.0.1:80 Deny", "fd00::3>fd00::1:80 Allow", TestName = "Calico: nets of both but for some of IPv6")]
    [TestCase($"{{{Web}, ingress: [{{action: Deny, source: {{notNets: [10.0.0.2]}}}}, {{action: Allow}}]}}", "10.0.0.2>10.0.0.1:80 Allow", "fd00::3>fd00::1:80 Deny", TestName = "Calico: what denies all but some of IPv4 denies all of IPv6")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{notSelector: app == 'db'}}}}]}}", "prod/db>prod/web:80 Deny", "dev/client>prod/web:80 Deny", "192.0.2.1>prod/web:80 Deny", TestName = "Calico: a notSelector in a namespace stays in it")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{serviceAccounts: {{names: [robot]}}}}}}]}}", "prod/db>prod/web:80 Allow", "dev/client>prod/web:80 Deny", TestName = "Calico: service accounts by name")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, source: {{serviceAccounts: {{selector: kind == 'machine'}}}}}}]}}", "prod/db>prod/web:80 Allow", "dev/client>prod/web:80 Deny", TestName = "Calico: service accounts by label")]
    [TestCase("{selector: app == 'db', types: [Egress], egress: [{action: Allow, destination: {services: {name: web}}}]}", "prod/db>prod/web:80 Allow", "prod/db>prod/web:81 Deny", "prod/db>192.0.2.1:80 Deny", TestName = "Calico: a Service as a destination")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, ipVersion: 6}}]}}", "10.0.0.3>10.0.0.1:80 Deny", "fd00::3>fd00::1:80 Allow", TestName = "Calico: one IP version")]
    [TestCase("{serviceAccountSelector: kind == 'machine', ingress: []}", "prod/web>prod/db:80 Deny", "prod/db>prod/web:80 Allow", TestName = "Calico: policies by the account of their pods")]
    [TestCase($"{{{Web}, ingress: [{{action: Allow, destination: {{nets: [10.0.0.1/32]}}}}]}}", "10.0.0.3>10.0.0.1:80 Allow", "fd00::3>fd00::1:80 Deny", TestName = "Calico: the destination of an ingress rule")]
    public void A_policy_of_a_namespace(string spec, params string[] flows) => Check(
        $$"""{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: policy, namespace: prod}, spec: {{spec}} }""", flows);

    [TestCase("{selector: all(), ingress: [{action: Allow, source: {selector: role == 'partner'}}]}", "192.0.2.1>dev/client:80 Allow", "prod/db>dev/client:80 Deny", TestName = "Calico: a policy of the cluster sees network sets")]
    [TestCase("{namespaceSelector: env == 'testing', ingress: []}", "prod/db>dev/client:80 Deny", "dev/client>prod/db:80 Allow", TestName = "Calico: a policy of the cluster in some namespaces")]
    [TestCase("{ingress: [{action: Deny, source: {notSelector: all()}}, {action: Allow}]}", "203.0.113.1>prod/web:80 Deny", "192.0.2.1>prod/web:80 Allow", "prod/db>prod/web:80 Allow", TestName = "Calico: a notSelector of the cluster is about the world outside")]
    [TestCase("{selector: app == 'web', ingress: [{action: Allow, source: {selector: pcns.env == 'testing' && projectcalico.org/orchestrator == 'k8s'}}]}", "dev/client>prod/web:80 Allow", "prod/db>prod/web:80 Deny", "198.51.100.7>prod/web:80 Deny", TestName = "Calico: derived labels")]
    [TestCase("{doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]}", "prod/db>prod/web:80 Allow", TestName = "Calico: what goes before tracking is not about pods")]
    public void A_policy_of_the_cluster(string spec, params string[] flows) => Check(
        $$"""{apiVersion: crd.projectcalico.org/v1, kind: GlobalNetworkPolicy, metadata: {name: default.policy}, spec: {{spec}} }""", flows);

    [TestCase("namespaceSelector: env == 'production'", TestName = "Calico: nobody gets into a namespace by a label")]
    [TestCase("selector: pcns.env == 'production'", TestName = "Calico: nor by one that is asked for")]
    [TestCase("serviceAccounts: {selector: kind == 'machine'}", TestName = "Calico: nor to an account's labels")]
    [TestCase("serviceAccounts: {names: [robot]}", TestName = "Calico: nor to an account's name, however long his own is")]
    public void Nobody_gives_himself_what_is_derived(string source)
    {
        var account = new string('a', 63);
        Check(
            $$"""
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p},
             spec: {selector: app == 'web', ingress: [{action: Allow, source: { {{source}} } }] } }
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: forger, namespace: dev, labels: {
              pcns.env: production, pcsa.kind: machine, projectcalico.org/serviceaccount: robot } },
             spec: {serviceAccountName: {{account}}, containers: [{name: c}]}, status: {podIP: 10.0.0.9} }
            ---
            {apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: forged, namespace: dev, labels: {
              pcns.env: production, pcsa.kind: machine } }, spec: {nets: [203.0.113.0/24] } }
            """,
            ["dev/forger>prod/web:80 Deny", "203.0.113.1>prod/web:80 Deny", "prod/db>prod/web:80 Allow"]);
    }

    [TestCase("100, defaultAction: Pass", "Pass", "prod/db>prod/web:80 Deny", TestName = "Calico: a tier passes, the default tier decides")]
    [TestCase("100", "Allow", "prod/db>prod/web:80 Allow", "dev/client>prod/web:80 Deny", TestName = "Calico: a tier before the default one allows, and denies at its end")]
    [TestCase("100, defaultAction: Pass", "Allow", "prod/db>prod/web:80 Allow", "dev/client>prod/web:80 Deny", TestName = "Calico: the end of a tier that passes")]
    [TestCase("2000000", "Allow", "prod/db>prod/web:80 Deny", TestName = "Calico: a tier after the default one is not asked")]
    public void Tiers_are_asked_in_order(string order, string action, params string[] flows) => Check(
        $$"""
        {apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: security}, spec: {order: {{order}} } }
        ---
        {apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: security.p, namespace: prod},
         spec: {tier: security, {{Web}}, ingress: [{action: {{action}}, source: {selector: app == 'db'} }] } }
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: prod}, spec: {podSelector: {} } }
        """,
        flows);

    [TestCase("999", "prod/db>prod/web:80 Deny", TestName = "Calico: before Kubernetes' policies")]
    [TestCase("1001", "prod/db>prod/web:80 Allow", TestName = "Calico: after Kubernetes' policies")]
    [TestCase(".inf", "prod/db>prod/web:80 Allow", TestName = "Calico: without an order, last")]
    public void Kubernetes_policies_have_the_order_1000_in_the_default_tier(string order, params string[] flows) => Check(
        $$"""
        {apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: prod},
         spec: { {{(order == ".inf" ? "" : $"order: {order}, ")}}{{Web}}, ingress: [{action: Deny}] } }
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: open, namespace: prod}, spec: {podSelector: {}, ingress: [{}]} }
        """,
        flows);

    [Test]
    public void A_staged_policy_says_what_would_be()
    {
        var cluster = Yaml.Cluster(Cluster + """

            ---
            {apiVersion: projectcalico.org/v3, kind: StagedNetworkPolicy, metadata: {name: p, namespace: prod},
             spec: {selector: app == 'web', ingress: [{action: Deny}]}}
            """);
        Assert.That(Answer(new PolicyEvaluator(cluster), "prod/db>prod/web:80 "), Does.EndWith("Allow"));
        Assert.That(Answer(new PolicyEvaluator(cluster.WithStaged()), "prod/db>prod/web:80 "), Does.EndWith("Deny"));
    }

    [Test]
    public void Labels_of_what_stands_in_Calicos_store_are_in_an_annotation() => Check(
        """
        apiVersion: crd.projectcalico.org/v1
        kind: GlobalNetworkSet
        metadata:
          name: blocked
          labels: {projectcalico.org/feed: "1", threat: low}
          annotations:
            projectcalico.org/metadata: '{"creationTimestamp":null,"labels":{"threat":"high","empty":null}}'
        spec: {nets: [203.0.113.0/24]}
        ---
        apiVersion: crd.projectcalico.org/v1
        kind: HostEndpoint
        metadata: {name: n2, annotations: {projectcalico.org/metadata: '{"labels":{"threat":"high","empty":"","projectcalico.org/feed":"2"}}'}}
        spec: {node: n2, interfaceName: eth0, expectedIPs: [172.16.0.2]}
        ---
        {apiVersion: crd.projectcalico.org/v1, kind: GlobalNetworkPolicy, metadata: {name: default.block},
         spec: {ingress: [{action: Deny, source: {selector: threat == 'high' && empty == '' && has(projectcalico.org/feed)}}, {action: Allow}]}}
        """,
        ["203.0.113.9>prod/web:80 Deny", "172.16.0.2>prod/web:80 Deny", "172.16.0.1>prod/web:80 Allow"]);

    [Test]
    public void An_annotation_that_cannot_be_read_is_a_mistake_and_leaves_the_objects_own_labels()
    {
        var set = NetworkSetTranslator.Translate(new CalicoGlobalNetworkSetResource
        {
            Metadata = new()
            {
                Name = "blocked",
                Labels = new Dictionary<string, string> { ["threat"] = "high" },
                Annotations = new Dictionary<string, string> { ["projectcalico.org/metadata"] = "{\"labels\": [1]}" },
            },
        });
        Assert.That(set.Problems.Items.Select(problem => problem.Field), Is.EqualTo(new[] { "metadata.annotations.projectcalico.org/metadata" }));
        Assert.That(set.Value.Labels.Find("threat"), Is.EqualTo("high"));
    }

    private static void Check(string policies, string[] flows)
    {
        var evaluator = new PolicyEvaluator(Yaml.Cluster($"{Cluster}\n---\n{policies}"));
        Assert.That(flows.Select(flow => Answer(evaluator, flow)), Is.EqualTo(flows));
    }

    private static string Answer(PolicyEvaluator evaluator, string line) =>
        $"{line.Split(' ')[0]} {(evaluator.Evaluate(Parse(line.Split(' ')[0])).Allowed ? "Allow" : "Deny")}";

    /// <summary>"from>to:port" or "from>to:port/PROTOCOL"; for ICMP the port is the type.</summary>
    private static Flow Parse(string text)
    {
        var (from, rest) = (text.Split('>')[0], text.Split('>')[1]);
        var colon = rest.LastIndexOf(':');
        var port = rest[(colon + 1)..].Split('/');
        Assert.That(FlowEnd.TryParse(from, out var a) & FlowEnd.TryParse(rest[..colon], out var b));
        Assert.That(CalicoProtocols.TryParse(port.ElementAtOrDefault(1) ?? "TCP", out var protocol));
        var number = ushort.Parse(port[0]);
        return protocol.HasTypes()
            ? new Flow(a!, b!, protocol, 0) { IcmpType = (byte)number }
            : new Flow(a!, b!, protocol, number);
    }
}
