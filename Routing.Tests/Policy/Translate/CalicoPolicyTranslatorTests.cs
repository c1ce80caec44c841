using k8s;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy.Translate;

public class CalicoPolicyTranslatorTests
{
    [TestCase("action: Allow", "Allow", TestName = "Calico: everything")]
    [TestCase("action: Deny, protocol: TCP, destination: {ports: [80, '8000:8080', http]}", "Deny ports Tcp 80-80, Tcp 8000-8080, Tcp http", TestName = "Calico: ports, ranges and names")]
    [TestCase("action: Allow, destination: {ports: [http]}", "Allow ports Tcp http, Udp http, Sctp http", TestName = "Calico: a name needs no protocol")]
    [TestCase("action: Allow, protocol: 47", "Allow ports 47 0-65535", TestName = "Calico: a protocol's number")]
    [TestCase("action: Allow, protocol: udplite", "Allow ports UdpLite 0-65535", TestName = "Calico: a protocol's name in any case")]
    [TestCase("action: Allow, notProtocol: UDP", "Allow not ports Udp 0-65535", TestName = "Calico: any other protocol")]
    [TestCase("action: Allow, protocol: ICMP, icmp: {type: 8, code: 0}", "Allow ports Icmp type 8 code 0", TestName = "Calico: a message of ICMP")]
    [TestCase("action: Allow, protocol: ICMPv6, notICMP: {type: 128}, ipVersion: 6", "Allow V6 ports IcmpV6 0-65535 not ports IcmpV6 type 128 code ", TestName = "Calico: any other message")]
    [TestCase("action: Log, source: {nets: [10.0.0.0/8, 192.0.2.1]}", "Log 10.0.0.0/8, 192.0.2.1/32", TestName = "Calico: nets")]
    [TestCase("action: Pass, source: {notNets: [10.0.0.0/8]}", "Pass [0.0.0.0/0 not 10.0.0.0/8]", TestName = "Calico: notNets, of IPv4 then")]
    [TestCase("action: Deny, source: {notNets: [10.0.0.0/8]}", "Deny [not 10.0.0.0/8]", TestName = "Calico: notNets of what is denied")]
    [TestCase("action: Allow, source: {selector: a == 'b'}", "Allow pods 'a=b' in namespace 'shop' of All", TestName = "Calico: a selector means the policy's namespace")]
    [TestCase("action: Allow, source: {selector: a == 'b', namespaceSelector: all()}", "Allow pods 'a=b,projectcalico.org/namespace' in every namespace of All", TestName = "Calico: all() of namespaces is whatever is in one")]
    [TestCase("action: Allow, source: {namespaceSelector: global()}", "Allow pods '!projectcalico.org/namespace' in every namespace of All", TestName = "Calico: global() is what is in none")]
    [TestCase("action: Allow, source: {namespaceSelector: env == 'prod'}", "Allow pods 'pcns.env=prod' in every namespace of All", TestName = "Calico: namespaces by their labels")]
    [TestCase("action: Allow, source: {serviceAccounts: {names: [a, b], selector: k == 'v'}}", "Allow pods 'pcsa.k=v,projectcalico.org/serviceaccount in (a,b)' in namespace 'shop' of All", TestName = "Calico: service accounts by name and label")]
    [TestCase("action: Allow, source: {notSelector: a == 'b'}", "Allow [pods '' in namespace 'shop' of All not pods 'a=b' in every namespace of All, UnreadNets]", TestName = "Calico: a notSelector alone means the policy's namespace too")]
    [TestCase("action: Allow, source: {selector: all(), nets: [10.0.0.0/8]}", "Allow [pods '' in namespace 'shop' of All 10.0.0.0/8]", TestName = "Calico: what is said of an end holds together")]
    [TestCase("action: Allow, destination: {nets: [10.0.0.9/32], notPorts: [22]}, protocol: TCP", "Allow own 10.0.0.9/32 ports Tcp 0-65535 not ports Tcp 22-22", TestName = "Calico: the destination of an ingress rule is the policy's own pod")]
    [TestCase("action: Allow, protocol: TCP, source: {ports: ['1:1023'], notPorts: [22]}", "Allow ports Tcp 0-65535 from Tcp 1-1023 not from Tcp 22-22", TestName = "Calico: source ports")]
    [TestCase("action: Allow, source: {services: {name: web}}", "Allow service shop/web", TestName = "Calico: a Service of the policy's namespace")]
    public void An_ingress_rule_says(string rule, string expected)
    {
        var policy = OfNamespace($"{{ingress: [{{{rule}}}]}}");
        Assert.That(policy.Problems, Is.Empty);
        Assert.That(Text(policy.Ingress!.Rules[0]), Is.EqualTo(expected));
    }

    [TestCase("action: Maybe", "spec.ingress[0].action", "Maybe")]
    [TestCase("action: Allow, http: {methods: [GET]}", "spec.ingress[0].http", "http")]
    [TestCase("action: Allow, source: {domains: [example.com]}", "spec.ingress[0].source.domains", "domains")]
    [TestCase("action: Allow, appLayer: {}", "spec.ingress[0].appLayer", "appLayer")]
    [TestCase("action: Allow, protocol: FOO", "spec.ingress[0].protocol", "FOO")]
    [TestCase("action: Allow, protocol: 0", "spec.ingress[0].protocol", "0")]
    [TestCase("action: Allow, notProtocol: 256", "spec.ingress[0].notProtocol", "256")]
    [TestCase("action: Allow, ipVersion: 5", "spec.ingress[0].ipVersion", "5")]
    [TestCase("action: Allow, icmp: {type: 8}", "spec.ingress[0].icmp", "")]
    [TestCase("action: Allow, protocol: TCP, icmp: {type: 8}", "spec.ingress[0].icmp", "TCP")]
    [TestCase("action: Allow, protocol: ICMP, icmp: {type: 255}", "spec.ingress[0].icmp.type", "255")]
    [TestCase("action: Allow, protocol: ICMP, icmp: {code: 0}", "spec.ingress[0].icmp.code", "0")]
    [TestCase("action: Allow, destination: {ports: [80]}", "spec.ingress[0].destination.ports[0]", "80")]
    [TestCase("action: Allow, protocol: ICMP, destination: {ports: [80]}", "spec.ingress[0].destination.ports[0]", "80")]
    [TestCase("action: Allow, protocol: TCP, destination: {ports: ['9:8']}", "spec.ingress[0].destination.ports[0]", "9:8")]
    [TestCase("action: Allow, protocol: TCP, destination: {notPorts: [0]}", "spec.ingress[0].destination.notPorts[0]", "0")]
    [TestCase("action: Allow, protocol: TCP, source: {ports: ['a b']}", "spec.ingress[0].source.ports[0]", "a b")]
    [TestCase("action: Allow, protocol: TCP, source: {ports: [http]}", "spec.ingress[0].source.ports", "http")]
    [TestCase("action: Allow, destination: {services: {name: web}}", "spec.ingress[0].destination.services", "services")]
    [TestCase("action: Allow, source: {nets: [10.0.0.0/33]}", "spec.ingress[0].source.nets[0]", "10.0.0.0/33")]
    [TestCase("action: Allow, source: {selector: 'a = b'}", "spec.ingress[0].source.selector", "a = b")]
    [TestCase("action: Allow, source: {selector: global()}", "spec.ingress[0].source.selector", "global()")]
    [TestCase("action: Allow, source: {notSelector: '('}", "spec.ingress[0].source.notSelector", "(")]
    [TestCase("action: Allow, source: {namespaceSelector: '!'}", "spec.ingress[0].source.namespaceSelector", "!")]
    [TestCase("action: Allow, source: {serviceAccounts: {selector: x}}", "spec.ingress[0].source.serviceAccounts.selector", "x")]
    [TestCase("action: Allow, source: {services: {name: web}, nets: [10.0.0.0/8]}", "spec.ingress[0].source.nets", "nets")]
    [TestCase("action: Allow, protocol: ICMP, notICMP: {}", "spec.ingress[0].notICMP.type", "")]
    [TestCase("action: Allow, source: {nets: ['fd00::/8'], notNets: [10.0.0.0/8]}", "spec.ingress[0].source.notNets", "10.0.0.0/8")]
    [TestCase("action: Allow, source: {services: {}}", "spec.ingress[0].source.services.name", "")]
    public void What_cannot_be_read_is_said_with_its_field_and_closes(string rule, string field, string value)
    {
        var allowing = OfNamespace($"{{ingress: [{{{rule}}}]}}");
        var (first, text) = (allowing.Problems[0], value);
        Assert.That((first.Field, first.Value), Is.EqualTo((field, text)));
        Assert.That(
            allowing.Ingress!.Rules.Items.Select(Text),
            Is.EqualTo(rule.StartsWith("action: Maybe", StringComparison.Ordinal) ? new[] { "Deny" } : []));
        var passing = OfNamespace($"{{ingress: [{{{rule.Replace("Allow", "Pass", StringComparison.Ordinal)}}}]}}");
        Assert.That(passing.Ingress!.Rules.Items.Select(Text), Is.EqualTo(new[] { "Deny" }));
    }

    [TestCase("Learn", true)]
    [TestCase("Ignore", true)]
    [TestCase("Keep", false)]
    public void Actions_that_stage_nothing_are_no_mistakes_where_Calico_has_them(string action, bool isKnown)
    {
        var staged = CalicoPolicyTranslator.Translate(new CalicoStagedKubernetesNetworkPolicyResource
        {
            Metadata = new V1ObjectMeta { Name = "policy", NamespaceProperty = "shop" },
            Spec = new StagedKubernetesSpec { StagedAction = action },
        });
        Assert.That((staged.Subject is null, staged.IsStagedDeletion, staged.Problems.Count == 0), Is.EqualTo((true, false, isKnown)));
    }

    [TestCase("{}", true, false)]
    [TestCase("{egress: [{action: Allow}]}", false, true)]
    [TestCase("{ingress: [{action: Allow}], egress: [{action: Allow}]}", true, true)]
    [TestCase("{types: [Egress], ingress: [{action: Allow}]}", false, true)]
    public void Types_follow_from_the_rules_when_they_are_missing(string spec, bool ingress, bool egress)
    {
        var policy = OfNamespace(spec);
        Assert.That((policy.Ingress is not null, policy.Egress is not null), Is.EqualTo((ingress, egress)));
    }

    [Test]
    public void A_policy_has_its_tier_order_and_subject()
    {
        var policy = OfNamespace("{tier: security, order: 5.5, selector: has(app), serviceAccountSelector: k == 'v'}");
        Assert.That(policy.Key, Is.EqualTo(new PolicyKey(PolicyKind.CalicoNetworkPolicy, new("shop", "policy"))));
        Assert.That((policy.Tier, policy.Order), Is.EqualTo((Tier.Unknown("security"), 5.5)));
        Assert.That(policy.Subject!.ToString(), Is.EqualTo("pods 'app,pcsa.k=v' in namespace 'shop'"));
        Assert.That((OfNamespace("{}").Tier, OfNamespace("{}").Order), Is.EqualTo((Tier.Default, double.PositiveInfinity)));
    }

    [Test]
    public void A_policy_of_the_cluster_is_about_pods_and_host_endpoints_and_before_tracking_about_these_alone()
    {
        var policy = OfCluster("{selector: all(), namespaceSelector: env == 'prod'}");
        Assert.That(policy.Subject!.Pods.ToString(), Is.EqualTo("pcns.env=prod"));
        Assert.That(policy.Subject.Kinds, Is.EqualTo(EndpointKinds.Pods | EndpointKinds.HostEndpoints));
        var untracked = OfCluster("{doNotTrack: true, applyOnForward: true, ingress: [{action: Allow}]}");
        Assert.That(untracked.Problems, Is.Empty);
        Assert.That((untracked.Subject!.Kinds, untracked.DoNotTrack, untracked.ApplyOnForward), Is.EqualTo((EndpointKinds.HostEndpoints, true, true)));
    }

    [TestCase("{doNotTrack: true}", "spec.applyOnForward")]
    [TestCase("{preDNAT: true, applyOnForward: true, egress: [{action: Deny}]}", "spec.egress")]
    [TestCase("{preDNAT: true, doNotTrack: true, applyOnForward: true}", "spec.preDNAT")]
    [TestCase("{namespaceSelector: global()}", "spec.namespaceSelector")]
    [TestCase("{selector: 'a ='}", "spec.selector")]
    [TestCase("{stagedAction: Set}", "spec.stagedAction")]
    [TestCase("{types: [Sideways]}", "spec.types[0]")]
    [TestCase("{ingress: [{action: Allow, source: {services: {name: web}}}]}", "spec.ingress[0].source.services.namespace")]
    [TestCase("{egress: [{action: Allow, protocol: TCP, destination: {services: {name: web, namespace: shop}, ports: [http]}}]}", "spec.egress[0].destination.ports")]
    [TestCase("{egress: [{action: Allow, protocol: TCP, destination: {services: {name: web, namespace: shop}, notPorts: [http]}}]}", "spec.egress[0].destination.ports")]
    [TestCase("{egress: [{action: Allow, source: {services: {name: web, namespace: shop}}}]}", "spec.egress[0].source.services")]
    [TestCase("{egress: [{action: Deny, protocol: TCP, source: {notPorts: [http]}}]}", "spec.egress[0].source.notPorts")]
    public void A_policy_of_the_cluster_is_refused(string spec, string field) =>
        Assert.That(OfCluster(spec).Problems.Items.Select(problem => problem.Field), Does.Contain(field));

    [Test]
    public void A_policy_of_a_namespace_has_no_fields_of_the_clusters() => Assert.That(
        OfNamespace("{doNotTrack: true, namespaceSelector: all()}").Problems.Items.Select(problem => problem.Field),
        Is.EqualTo(new[] { "spec.namespaceSelector", "spec.doNotTrack" }));

    [Test]
    public void A_staged_policy_is_staged()
    {
        var staged = CalicoPolicyTranslator.Translate(new CalicoStagedKubernetesNetworkPolicyResource
        {
            Metadata = new V1ObjectMeta { Name = "policy", NamespaceProperty = "shop" },
            Spec = KubernetesYaml.Deserialize<StagedKubernetesSpec>("{stagedAction: Delete, podSelector: {matchLabels: {a: b}}}"),
        });
        Assert.That((staged.Key.Kind, staged.IsStaged, staged.IsStagedDeletion, staged.Order), Is.EqualTo((PolicyKind.StagedKubernetesNetworkPolicy, true, true, 1000.0)));
        Assert.That(staged.Subject!.Pods.ToString(), Is.EqualTo("a=b"));
    }

    [Test]
    public void A_tier_has_its_order_and_default_action_and_the_clusters_own_tiers_theirs()
    {
        var tier = TierTranslator.Translate(new CalicoTierResource
        {
            Metadata = new V1ObjectMeta { Name = "security" }, Spec = new TierSpec { Order = 100, DefaultAction = "Pass" },
        });
        Assert.That(tier.Value, Is.EqualTo(new Tier(100, "security", Isolates: false)));
        var standard = TierTranslator.Translate(new CalicoTierResource
        {
            Metadata = new V1ObjectMeta { Name = "default" }, Spec = new TierSpec { Order = 1 },
        });
        Assert.That(standard.Value, Is.EqualTo(Tier.Default));
        Assert.That(standard.Problems, Has.Count.EqualTo(1));
    }

    private static PolicySpec OfNamespace(string spec) => CalicoPolicyTranslator.Translate(new CalicoNetworkPolicyResource
    {
        Metadata = new V1ObjectMeta { Name = "policy", NamespaceProperty = "shop" },
        Spec = Read(spec),
    });

    private static PolicySpec OfCluster(string spec) => CalicoPolicyTranslator.Translate(new CalicoGlobalNetworkPolicyResource
    {
        Metadata = new V1ObjectMeta { Name = "policy" },
        Spec = Read(spec),
    });

    /// <summary>By way of JSON, as objects come.</summary>
    private static CalicoPolicySpec Read(string yaml) => KubernetesJson.Deserialize<CalicoPolicySpec>(
        Routing.Agent.Manifests.YamlToJson.Convert(yaml)!.ToJsonString());

    private static string Text(RuleSpec rule)
    {
        string[] parts =
        [
            $"{rule.Verdict}",
            rule.Family is { } family ? $"{family}" : "",
            string.Join(", ", rule.Peers.Items.Select(Text)),
            rule.Own.Count > 0 ? $"own {string.Join(", ", rule.Own.Items.Select(Text))}" : "",
            Ports("ports", rule.Ports), Ports("not ports", rule.NotPorts),
            Ports("from", rule.SourcePorts), Ports("not from", rule.NotSourcePorts),
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    private static string Ports(string word, EquatableArray<PortSpec> ports) =>
        ports.Count == 0 ? "" : $"{word} {string.Join(", ", ports.Items.Select(Text))}";

    private static string Text(PortSpec port) => port switch
    {
        PortSpec.Numbers numbers => $"{numbers.Protocol} {numbers.Low}-{numbers.High}",
        PortSpec.Named named => $"{named.Protocol} {named.Name}",
        PortSpec.Icmp icmp => $"{icmp.Protocol} type {icmp.Type} code {icmp.Code}",
        _ => "?",
    };

    private static string Text(PeerSpec peer) => peer switch
    {
        PeerSpec.Pods pods => Text(pods.Selection),
        PeerSpec.IpBlock block => $"{block}",
        PeerSpec.Service service => $"service {service.Name}",
        PeerSpec.Entity entity => $"[{string.Join(' ', Conditions(entity))}]",
        _ => "?",
    };

    private static IEnumerable<string> Conditions(PeerSpec.Entity entity) =>
    [
        .. entity.Selection is { } selection ? [Text(selection)] : (string[])[],
        .. entity.NotSelection is { } not ? [$"not {Text(not)}"] : (string[])[],
        .. entity.Nets.Items.Select(net => $"{net}"),
        .. entity.NotNets.Items.Select(net => $"not {net}"),
    ];

    private static string Text(PodSelection selection) => $"{selection} of {selection.Kinds}";
}
