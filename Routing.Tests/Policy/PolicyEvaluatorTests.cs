using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate;

namespace Routing.Tests.Policy;

/// <summary>The cases of the Kubernetes documentation and of the well-known recipes, over one small cluster.</summary>
public class PolicyEvaluatorTests
{
    private const string Cluster = """
        {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 172.16.0.2}]}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: prod, labels: {purpose: production}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: dev, labels: {purpose: testing}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default, labels: {app: web}},
         spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 80}, {name: metrics, containerPort: 5000}]}]},
         status: {podIP: 10.0.1.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: api, namespace: default, labels: {app: bookstore, role: api}},
         spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.1.2}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: search, namespace: default, labels: {app: bookstore, role: search}},
         spec: {nodeName: n2}, status: {podIPs: [{ip: 10.0.2.3}, {ip: "fd00:2::3"}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: prod, labels: {type: monitoring}},
         spec: {nodeName: n2}, status: {podIP: 10.0.2.4}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: dev, labels: {type: monitoring}},
         spec: {nodeName: n2}, status: {podIP: 10.0.2.5}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: host, namespace: prod, labels: {type: monitoring}},
         spec: {nodeName: n2, hostNetwork: true}, status: {podIP: 172.16.0.2}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: job, namespace: prod, labels: {type: monitoring}},
         spec: {nodeName: n2}, status: {phase: Succeeded, podIP: 10.0.2.5}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: new, namespace: prod, labels: {type: monitoring}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: v6, namespace: default}, spec: {nodeName: n2}, status: {podIP: "fd00:2::6"}}

        """;

    [TestCase("", "dev/client>default/web:80 Allow", "192.0.2.1>10.0.1.1:80 Allow", TestName = "No policy: everything")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: []}", "default/api>default/web:80 Deny", "default/web>default/api:80 Allow", "prod/client>default/api:80 Allow", TestName = "01 Deny all traffic to an application")]
    [TestCase("{podSelector: {matchLabels: {app: bookstore, role: api}}, ingress: [{from: [{podSelector: {matchLabels: {app: bookstore}}}]}]}", "default/search>default/api:8080 Allow", "default/web>default/api:8080 Deny", "prod/client>default/api:8080 Deny", TestName = "02 Limit traffic to an application")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{}]}", "192.0.2.1>default/web:80 Allow", "dev/client>default/web:9/SCTP Allow", TestName = "02a Allow all traffic to an application")]
    [TestCase("{podSelector: {}, ingress: []}", "default/api>default/web:80 Deny", "192.0.2.1>default/search:80 Deny", "default/web>prod/client:80 Allow", TestName = "03 Deny all in a namespace")]
    [TestCase("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", "default/api>default/web:80 Allow", "prod/client>default/web:80 Deny", "192.0.2.1>default/web:80 Deny", TestName = "04 Deny traffic from other namespaces")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {}}]}]}", "dev/client>default/web:80 Allow", "192.0.2.1>default/web:80 Deny", "prod/host>default/web:80 Deny", TestName = "05 Allow from all namespaces: pods, not the world")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {purpose: production}}}]}]}", "prod/client>default/web:80 Allow", "dev/client>default/web:80 Deny", "default/api>default/web:80 Deny", TestName = "06 Allow from a namespace")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}, podSelector: {matchLabels: {type: monitoring}}}]}]}", "prod/client>default/web:80 Allow", "dev/client>default/web:80 Deny", "prod/new>default/web:80 Allow", TestName = "07 Allow from some pods in another namespace, by its name")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}], from: []}]}", "192.0.2.1>default/web:80 Allow", "192.0.2.1>default/web:81 Deny", "192.0.2.1>default/web:80/UDP Deny", TestName = "08 Allow external traffic to a port")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 5000}], from: [{podSelector: {matchLabels: {role: search}}}]}]}", "default/search>default/web:5000 Allow", "default/search>default/web:80 Deny", "default/api>default/web:5000 Deny", TestName = "09 Allow traffic to a port from some")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: api}}}, {podSelector: {matchLabels: {role: search}}}]}]}", "default/api>default/web:80 Allow", "default/search>default/web:80 Allow", "prod/client>default/web:80 Deny", TestName = "10 Multiple selectors")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: []}", "default/web>default/api:80 Deny", "default/web>192.0.2.1:53/UDP Deny", "default/api>default/web:80 Allow", TestName = "11 Deny egress from an application")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}]}", "default/web>192.0.2.1:53/UDP Allow", "default/web>default/api:53 Allow", "default/web>default/api:80 Deny", TestName = "11a Deny egress but for DNS")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}", "default/web>dev/client:80 Allow", "default/web>192.0.2.1:80 Deny", "default/web>172.16.0.1:80 Deny", TestName = "14 Deny external egress, the node included")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.2.0/24]}}]}]}", "default/api>default/web:80 Allow", "dev/client>default/web:80 Deny", "10.0.9.9>default/web:80 Allow", TestName = "ipBlock with except, for pods as well")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.2.0/24]}}, {ipBlock: {cidr: 10.0.2.4/32}}]}]}", "prod/client>default/web:80 Allow", "dev/client>default/web:80 Deny", TestName = "A block in another block's exception is allowed by itself")]
    [TestCase("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 32000, endPort: 32768}]}]}", "dev/client>default/web:32000 Allow", "dev/client>default/web:32768 Allow", "dev/client>default/web:31999 Deny", TestName = "endPort")]
    [TestCase("{podSelector: {}, ingress: [{ports: [{port: http}]}]}", "dev/client>default/web:80 Allow", "dev/client>default/web:8080 Deny", "dev/client>default/api:8080 Allow", TestName = "A named port is each pod's own")]
    [TestCase("{podSelector: {matchLabels: {role: search}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}", "default/search>default/api:8080 Allow", "default/search>default/web:80 Allow", "default/search>192.0.2.1:80 Deny", TestName = "A named port in egress is the destination's")]
    [TestCase("{podSelector: {}, ingress: [{ports: [{port: http, protocol: UDP}]}]}", "dev/client>default/web:80/UDP Deny", "dev/client>default/web:80 Deny", TestName = "A named port has a protocol")]
    [TestCase("{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}, ingress: []}", "dev/client>default/web:80 Allow", "dev/client>default/api:80 Deny", "dev/client>10.0.2.3:80 Deny", TestName = "NotIn selects also what lacks the label")]
    [TestCase("{podSelector: {matchExpressions: [{key: role, operator: Exists}]}, ingress: []}", "dev/client>default/web:80 Allow", "dev/client>default/api:80 Deny", TestName = "Exists")]
    [TestCase("{podSelector: {matchExpressions: [{key: role, operator: DoesNotExist}]}, ingress: []}", "dev/client>default/web:80 Deny", "dev/client>default/api:80 Allow", TestName = "DoesNotExist")]
    [TestCase("{podSelector: {}, policyTypes: [Ingress, Egress]}", "172.16.0.1>default/web:80 Allow", "172.16.0.2>default/web:80 Deny", "default/web>default/web:80 Allow", "prod/host>default/search:80 Allow", "prod/host>default/api:80 Deny", TestName = "A node reaches its own pods, a pod itself, whatever the policies")]
    [TestCase("{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {purpose: production}}}]}]}", "prod/job>default/web:80 Deny", "10.0.2.5>default/web:80 Deny", "prod/client>default/web:80 Allow", TestName = "A finished pod's address is somebody else's")]
    [TestCase("", "default/v6>default/search:80 Allow", "default/v6>default/web:80 Deny", "fd00:2::6>fd00:2::3:80 Allow", TestName = "No IP version in common: nothing arrives")]
    public void One_policy_in_namespace_default(string spec, params string[] flows)
    {
        var cluster = Yaml.Cluster(Cluster);
        if (spec.Length > 0)
        {
            var policy = Yaml.Policy(spec, home: "default");
            Assert.That(policy.Problems, Is.Empty);
            cluster = cluster with { Policies = cluster.Policies.Add(policy.Key, policy) };
        }

        var evaluator = new PolicyEvaluator(cluster);
        Assert.That(flows.Select(flow => Answer(evaluator, flow)), Is.EqualTo(flows));
    }

    [Test]
    public void Policies_add_up()
    {
        var cluster = With(
            Yaml.Policy("podSelector: {}", "deny", "default"),
            Yaml.Policy("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}", "http", "default"),
            Yaml.Policy("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}", "own", "default"));
        var evaluator = new PolicyEvaluator(cluster);
        Assert.That(Answer(evaluator, "dev/client>default/web:80 Allow"), Does.EndWith("Allow"));
        Assert.That(Answer(evaluator, "default/api>default/web:81 Allow"), Does.EndWith("Allow"));
        Assert.That(Answer(evaluator, "dev/client>default/web:81 Deny"), Does.EndWith("Deny"));

        var both = evaluator.Evaluate(Parse("default/api>default/web:80"));
        Assert.That(both.Families[0].Reasons, Is.EqualTo(new[]
        {
            new Reason(Direction.Egress, "default/api", ReasonCode.NotIsolated),
            new Reason(Direction.Ingress, "default/web", ReasonCode.AllowedByRule, PolicyKey.NetworkPolicy("default", "http"), "spec.ingress[0]"),
            new Reason(Direction.Ingress, "default/web", ReasonCode.AllowedByRule, PolicyKey.NetworkPolicy("default", "own"), "spec.ingress[0]"),
        }));
    }

    private const string DenyFromDev = "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {purpose: testing}}}]}]";
    private const string PassFromDev = "ingress: [{action: Pass, from: [{namespaces: {matchLabels: {purpose: testing}}}]}]";
    private const string AcceptFromDev = "ingress: [{action: Accept, from: [{namespaces: {matchLabels: {purpose: testing}}}]}]";
    private const string AllowAll = "{podSelector: {}, ingress: [{}]}";
    private const string DenyAll = "{podSelector: {}, ingress: []}";

    [TestCase("Admin", DenyFromDev, AllowAll, "dev/client>default/web:80 Deny", "prod/client>default/web:80 Allow", TestName = "Admin denies what a namespace allows")]
    [TestCase("Admin", AcceptFromDev, DenyAll, "dev/client>default/web:80 Allow", "prod/client>default/web:80 Deny", TestName = "Admin accepts what a namespace denies")]
    [TestCase("Admin", PassFromDev, DenyAll, "dev/client>default/web:80 Deny", TestName = "Admin passes: the namespace decides")]
    [TestCase("Admin", PassFromDev, "", "dev/client>default/web:80 Allow", TestName = "Admin passes, nobody else decides: allowed")]
    [TestCase("Baseline", DenyFromDev, "", "dev/client>default/web:80 Deny", "prod/client>default/web:80 Allow", TestName = "Baseline denies where a namespace says nothing")]
    [TestCase("Baseline", DenyFromDev, AllowAll, "dev/client>default/web:80 Allow", TestName = "A namespace overrides the baseline")]
    [TestCase("Baseline", AcceptFromDev, DenyAll, "dev/client>default/web:80 Deny", TestName = "A namespace's isolation is never left to the baseline")]
    public void Cluster_policies_go_before_and_after_those_of_namespaces(
        string tier, string rules, string networkPolicy, params string[] flows)
    {
        var cluster = Yaml.Cluster($$$"""
            {{{Cluster}}}
            ---
            {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: all},
             spec: {tier: {{{tier}}}, priority: 10, subject: {namespaces: {}}, {{{rules}}} }}
            """);
        if (networkPolicy.Length > 0)
        {
            var policy = Yaml.Policy(networkPolicy, home: "default");
            cluster = cluster with { Policies = cluster.Policies.Add(policy.Key, policy) };
        }

        var evaluator = new PolicyEvaluator(cluster);
        Assert.That(flows.Select(flow => Answer(evaluator, flow)), Is.EqualTo(flows));
    }

    [Test]
    public void The_first_rule_that_matches_decides_over_kinds_and_priorities()
    {
        var evaluator = new PolicyEvaluator(Yaml.Cluster(Cluster + """

            ---
            {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: second},
             spec: {tier: Admin, priority: 20, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}
            ---
            {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: first},
             spec: {priority: 10, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}},
             ingress: [{action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {role: search}}}}]},
                       {action: Pass, from: [{namespaces: {matchLabels: {purpose: testing}}}]},
                       {action: Allow, from: [{namespaces: {}}], ports: [{namedPort: http}]}]}}
            ---
            {apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy, metadata: {name: default},
             spec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}],
                    ports: [{portNumber: {protocol: TCP, port: 81}}]}]}}
            """));
        string[] flows =
        [
            "default/search>default/web:80 Deny", "default/api>default/web:80 Allow", "default/api>default/web:81 Deny",
            "dev/client>default/web:80 Allow", "dev/client>default/web:81 Deny", "default/web>default/api:8080 Deny",
            "192.0.2.1>default/web:81 Allow",
        ];
        Assert.That(flows.Select(flow => Answer(evaluator, flow)), Is.EqualTo(flows));

        var passed = evaluator.Evaluate(Parse("dev/client>default/web:81")).Families[0].Reasons;
        Assert.That(passed.Skip(1).Select(reason => (reason.Code, reason.Policy!.Value.Kind, reason.Field)), Is.EqualTo(new[]
        {
            (ReasonCode.PassedByRule, PolicyKind.AdminNetworkPolicy, "spec.ingress[1]"),
            (ReasonCode.DeniedByRule, PolicyKind.BaselineAdminNetworkPolicy, "spec.ingress[0]"),
        }));
    }

    [Test]
    public void Both_sides_have_to_allow()
    {
        var cluster = With(
            Yaml.Policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}", "out", "default"),
            Yaml.Policy("{podSelector: {matchLabels: {role: api}}, ingress: [{ports: [{port: 81}]}]}", "in", "default"));
        var verdict = new PolicyEvaluator(cluster).Evaluate(Parse("default/web>default/api:82"));
        Assert.That(verdict.Allowed, Is.False);
        Assert.That(verdict.Families[0].Reasons, Is.EqualTo(new[]
        {
            new Reason(Direction.Egress, "default/web", ReasonCode.Isolated, PolicyKey.NetworkPolicy("default", "out")),
            new Reason(Direction.Ingress, "default/api", ReasonCode.Isolated, PolicyKey.NetworkPolicy("default", "in")),
        }));
    }

    [Test]
    public void IP_versions_may_fare_differently()
    {
        var cluster = With(Yaml.Policy(
            "{podSelector: {matchLabels: {role: search}}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]}", "six", "default"));
        var evaluator = new PolicyEvaluator(cluster);
        var pod = cluster.Pods[new NamespacedName("default", "search")];
        var twin = pod with { Name = new NamespacedName("default", "twin"), Labels = LabelSet.Empty, Addresses = [Address.Parse("10.0.2.9"), Address.Parse("fd00:2::9")] };
        evaluator = new PolicyEvaluator(cluster with { Pods = cluster.Pods.Add(twin.Name, twin) });
        var verdict = evaluator.Evaluate(Parse("default/twin>default/search:80"));
        Assert.That(verdict.Families.Select(family => family.Allowed), Is.EqualTo(new[] { false, true }));
        Assert.That((verdict.Allowed, verdict.Differs), Is.EqualTo((true, true)));
    }

    [Test]
    public void A_pod_that_does_not_exist_is_refused() => Assert.That(
        () => new PolicyEvaluator(new ClusterView()).Evaluate(Parse("a/b>c/d:80")),
        Throws.ArgumentException.With.Message.Contains("a/b"));

    private static ClusterView With(params PolicySpec[] policies)
    {
        var cluster = Yaml.Cluster(Cluster);
        return cluster with { Policies = cluster.Policies.AddRange(policies.Select(policy => KeyValuePair.Create(policy.Key, policy))) };
    }

    private static string Answer(PolicyEvaluator evaluator, string line) =>
        $"{line.Split(' ')[0]} {(evaluator.Evaluate(Parse(line.Split(' ')[0])).Allowed ? "Allow" : "Deny")}";

    /// <summary>"from>to:port" or "from>to:port/PROTOCOL".</summary>
    private static Flow Parse(string text)
    {
        var (from, rest) = (text.Split('>')[0], text.Split('>')[1]);
        var colon = rest.LastIndexOf(':');
        var port = rest[(colon + 1)..].Split('/');
        Assert.That(FlowEnd.TryParse(from, out var a) & FlowEnd.TryParse(rest[..colon], out var b));
        Assert.That(TransportProtocols.TryParse(port.ElementAtOrDefault(1), out var protocol));
        return new Flow(a!, b!, protocol, ushort.Parse(port[0]));
    }
}
