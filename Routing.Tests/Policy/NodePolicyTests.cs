using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class NodePolicyTests
{
    private static readonly NamespacedName Web = new("shop", "web");

    [Test]
    public void An_interface_whose_pod_is_not_known_stays_closed()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
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
        var node = new NodePolicy("node-1").Knowing("shop");
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

    [TestCase("policyTypes: [Ingress]\ningress: [{}]", false, false, true, TestName = "What a server says in a connection that nobody knows is dropped")]
    [TestCase("policyTypes: [Egress]\negress: [{}]", false, true, false, TestName = "What a client is told in a connection that nobody knows is dropped")]
    [TestCase("policyTypes: [Ingress, Egress]\ningress: [{}]\negress: [{}]", false, false, false, TestName = "A pod that is isolated both ways resumes nothing")]
    [TestCase("policyTypes: [Ingress, Egress]", true, true, true, TestName = "What is staged ends no connection")]
    public void Connections_are_resumed_where_no_policy_may_have_ended_them(string spec, bool isStaged, bool isFrom, bool isTo)
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        var policy = Yaml.Policy(spec);
        node.UpsertPolicy(!isStaged ? policy : policy with
        {
            Key = policy.Key with { Kind = PolicyKind.StagedKubernetesNetworkPolicy }, IsStaged = true,
        });
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        var simulator = new RulesetSimulator(node.Compile());
        var (web, other) = (Address.Parse("10.0.0.1"), Address.Parse("192.0.2.1"));
        var sent = new Packet("rt0001", "eth0", web, other, TransportProtocol.Tcp, 40123) { Resumes = true };
        var received = new Packet("eth0", "rt0001", other, web, TransportProtocol.Tcp, 40123) { Resumes = true };
        Assert.That((simulator.Passes(sent), simulator.Passes(received)), Is.EqualTo((isFrom, isTo)));
        Assert.That((simulator.Passes(received with { InputInterface = null }), simulator.Passes(sent with { OutputInterface = null })),
            Is.EqualTo((isTo, true)), "with its own node");
        Assert.That(new[] { sent, received }.Select(packet => simulator.Passes(packet with { Established = true })), Is.All.True);
        Assert.That(new[] { sent, received }.Select(packet => simulator.Passes(packet with { Resumes = false })), Is.All.True, "what begins is the policy's");
    }

    [Test]
    public void Rules_that_multiply_beyond_measure_close_their_pods_and_no_others()
    {
        // Each block but one address is also all the others' blocks: 120 by 24,000 ports and what is between them.
        var rules = Enumerable.Range(0, 120).Select(i =>
            $"{{from: [{{ipBlock: {{cidr: 0.0.0.0/0, except: [11.0.0.{2 * i}/32]}}}}], "
            + $"ports: [{string.Join(", ", Enumerable.Range(200 * i, 200).Select(port => $"{{port: {1 + (2 * port)}}}"))}]}}");
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1") with { Labels = LabelSet.Empty.With("app", "web") });
        node.UpsertPod(Pod(new("shop", "db"), "10.0.0.2") with { Labels = LabelSet.Empty.With("app", "db") });
        node.UpsertPolicy(Yaml.Policy($"{{podSelector: {{matchLabels: {{app: web}}}}, ingress: [{string.Join(", ", rules)}]}}", "web"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 1}]}]}", "db"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0002", new("shop", "db"), "10.0.0.2"));
        var ruleset = node.Compile();
        Assert.That(ruleset.Sets.Values.Sum(set => set.Elements.Count), Is.LessThan(100));
        Assert.That((Reaches("rt0001", "10.0.0.1"), Reaches("rt0002", "10.0.0.2")), Is.EqualTo((false, true)));
        Assert.That(node.Faults.Single().ToString(), Does.StartWith("ingress by NetworkPolicy shop/web: its rules make more than"));

        bool Reaches(string to, string address) => new RulesetSimulator(ruleset).Passes(
            new Packet("eth0", to, Address.Parse("192.0.2.1"), Address.Parse(address), TransportProtocol.Tcp, 1));
    }

    // Found in 85 seconds: the first 48 bits of the digests of "Ingress\nNetworkPolicy shop/p15401057" and of the other are the same.
    [Test]
    public void Policies_whose_names_have_one_digest_keep_rules_of_their_own()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1") with { Labels = LabelSet.Empty.With("app", "web") });
        node.UpsertPod(Pod(new("shop", "db"), "10.0.0.2") with { Labels = LabelSet.Empty.With("app", "db") });
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: web}}}", "p15401057"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}", "p25369099"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0002", new("shop", "db"), "10.0.0.2"));
        Assert.That((Reaches("rt0001", "10.0.0.1"), Reaches("rt0002", "10.0.0.2")), Is.EqualTo((false, true)));

        node.RemovePolicy(PolicyKey.NetworkPolicy("shop", "p25369099"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}", "p25369099"));
        Assert.That((Reaches("rt0001", "10.0.0.1"), Reaches("rt0002", "10.0.0.2")), Is.EqualTo((false, true)), "one of them again");

        bool Reaches(string to, string address) => new RulesetSimulator(node.Compile()).Passes(
            new Packet("eth0", to, Address.Parse("192.0.2.1"), Address.Parse(address), TransportProtocol.Tcp, 80));
    }

    [Test]
    public void A_selector_that_reads_like_another_does_not_take_its_place()
    {
        var cluster = Yaml.Cluster("""
            {apiVersion: v1, kind: Node, metadata: {name: n1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {podIP: 10.0.0.1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: bad, namespace: den, labels: {a: x, b: y}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {podIP: 10.0.0.2}}
            ---
            {apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: a, namespace: shop},
             spec: {order: 1, selector: app == 'web', ingress: [{action: Deny, source: {namespaceSelector: all(), selector: "a == 'x,b=y'"}}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: b},
             spec: {order: 2, selector: app == 'web', ingress: [{action: Deny, source: {namespaceSelector: all(), selector: "a == 'x' && b == 'y'"}}, {action: Allow}]}}
            """);
        var simulator = new RulesetSimulator(SimulatedCluster.Compile(cluster, "n1"));
        Assert.That(
            simulator.Passes(new Packet("rt-bad", "rt-web", Address.Parse("10.0.0.2"), Address.Parse("10.0.0.1"), TransportProtocol.Tcp, 80)),
            Is.False);
    }

    [Test]
    public void A_pod_reaches_itself_through_a_Service_whatever_isolates_it()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.UpsertPolicy(Yaml.Policy("policyTypes: [Ingress, Egress]"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        var own = Address.Parse("10.0.0.1");
        var simulator = new RulesetSimulator(node.Compile());
        var packet = new Packet("rt0001", "rt0001", own, own, TransportProtocol.Tcp, 80);
        Assert.That(simulator.Passes(packet), Is.True);
        Assert.That(simulator.Passes(packet with { Destination = Address.Parse("10.0.0.2") }), Is.False);
    }

    [TestCase("uid-1", "node-1", "uid-1", true)]
    [TestCase("", "node-1", "uid-1", true, TestName = "A runtime that gives no UID is believed")]
    [TestCase("uid-1", "", "uid-1", true, TestName = "A pod that is not shown on a node yet is believed")]
    [TestCase("uid-0", "node-1", "uid-1", false, TestName = "An earlier pod of the name is another pod")]
    [TestCase("uid-1", "node-2", "uid-1", false, TestName = "A pod that runs elsewhere is another pod")]
    public void An_interface_is_open_when_it_is_of_the_pod_the_API_shows(
        string endpointUid, string nodeName, string podUid, bool open)
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        var peer = new NamespacedName("shop", "peer");
        node.UpsertPod(Pod(Web) with { Uid = podUid, NodeName = nodeName });
        node.UpsertPod(Pod(peer, "10.0.0.9"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1") with { PodUid = endpointUid });
        node.SetEndpoint(Endpoint("rt0002", peer, "10.0.0.9"));
        var ruleset = node.Compile();
        Assert.That(node.IsOpen("rt0001"), Is.EqualTo(open));

        // What CNI knows of the pod's address holds for the others' rules too, before the API shows it.
        var peers = ruleset.Sets.Single(set => set.Key.EndsWith("-peers4", StringComparison.Ordinal)).Value.Elements;
        Assert.That(peers.Count, Is.EqualTo(open ? 2 : 1));
    }

    [TestCase("Finished")]
    [TestCase("HostNetwork")]
    public void A_pod_that_has_no_address_of_its_own_opens_nothing(string how)
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1") with { Finished = how == "Finished", HostNetwork = how == "HostNetwork" });
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.Compile();
        Assert.That(node.IsOpen("rt0001"), Is.False);
    }

    [Test]
    public void Pods_with_the_same_policies_share_their_rules()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPolicy(Yaml.Policy("{podSelector: {}, ingress: [{ports: [{port: http}]}]}"));
        for (var i = 1; i <= 4; i++)
        {
            var name = new NamespacedName("shop", $"p{i}");
            var http = new NamedPort("http", TransportProtocol.Tcp, (ushort)(i == 4 ? 9090 : 8080));
            node.UpsertPod(Pod(name, $"10.0.0.{i}") with { NamedPorts = [http] });
            node.SetEndpoint(Endpoint($"rt000{i}", name, $"10.0.0.{i}"));
        }

        var profiles = node.Compile().Maps["ingress-by-interface"].Elements.Select(entry => entry.Value.Chain).ToList();
        Assert.That(profiles.Distinct().Count(), Is.EqualTo(2), "one for each meaning of the name");
        Assert.That(profiles[..3].Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_change_leaves_the_others_objects_as_they_are()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        var other = new NamespacedName("shop", "other");
        node.UpsertPod(Pod(Web, "10.0.0.1") with { Labels = LabelSet.Empty.With("app", "web") });
        node.UpsertPod(Pod(other, "10.0.0.2") with { Labels = LabelSet.Empty.With("app", "other") });
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: a}}}]}]}", "web"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: other}}, ingress: [{from: [{podSelector: {matchLabels: {role: b}}}]}]}", "other"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0002", other, "10.0.0.2"));
        var client = new NamespacedName("shop", "client");
        node.UpsertPod(Pod(client, "10.0.0.3") with { Labels = LabelSet.Empty.With("role", "b") });
        var before = node.Compile();
        node.UpsertPod(Pod(client, "10.0.0.4") with { Labels = LabelSet.Empty.With("role", "b") });
        var after = node.Compile();
        var changed = after.Sets.Keys.Where(name => !ReferenceEquals(after.Sets[name], before.Sets.GetValueOrDefault(name))).ToList();
        Assert.That(changed, Has.Count.EqualTo(1));
        Assert.That(after.Sets[changed[0]].Elements.Single().AddressLow, Is.EqualTo(Address.Parse("10.0.0.4").Value));
        Assert.That(after.Chains, Is.SameAs(before.Chains));
        Assert.That(after.Maps, Is.SameAs(before.Maps));
    }

    [Test]
    public void The_rule_behind_an_element_can_be_asked_for()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.UpsertPolicy(Yaml.Policy(
            """
            {podSelector: {}, ingress: [
              {from: [{podSelector: {}}], ports: [{port: 80}]},
              {from: [{podSelector: {}}], ports: [{port: 80, endPort: 90}]},
              {from: [{ipBlock: {cidr: 192.0.2.0/24}}]},
              {ports: [{port: 443}]}]}
            """, "one"));
        var sets = node.Compile().Sets.Values.Where(set => set.Name.StartsWith("ingress-", StringComparison.Ordinal));
        var rules = sets.SelectMany(set => set.Elements, (set, element) =>
            $"{set.Name[21..]} {element.PortLow}-{element.PortHigh} {node.RuleOf(set.Name, element)?.Field}");
        Assert.That(rules, Is.EquivalentTo(new[]
        {
            "flows4 80-80 spec.ingress[0]", "flows4-r 81-90 spec.ingress[1]", "nets4 0-0 spec.ingress[2]",
            "ports 443-443 spec.ingress[3]",
        }));
    }

    [Test]
    public void What_is_logged_is_what_a_logging_rule_sees_before_another_decides()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        var client = new PeerSpec.IpBlock(Cidr.Parse("192.0.2.1/32"), []);
        node.UpsertPolicy(AllowFrom("policy", "app", "client") with
        {
            Ingress = new RuleSet([
                new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Tcp, 80, 80)], "0"),
                new RuleSpec(RuleVerdict.Deny, [client], [], "1"),
                new RuleSpec(RuleVerdict.Log, [], [new PortSpec.Numbers(TransportProtocol.Tcp, 79, 81)], "2"),
                new RuleSpec(RuleVerdict.Allow, [], [], "3")]),
        });
        var ruleset = node.Compile();
        var profile = ruleset.Chains[ruleset.Maps["ingress-by-interface"].Elements["rt0001"].Chain!];
        var logs = ruleset.Chains[((RuleAction.Decide)profile.Rules[0].Action).Verdict.Chain!];
        var said = logs.Rules.Select(rule => (
            Ports: string.Join(' ', ruleset.Sets[((Match.InSet)rule.Matches[0]).SetName].Elements
                .Select(element => $"{(uint)element.AddressLow:x} {element.PortLow}").Order()),
            Action: rule.Action is RuleAction.Report ? "report" : "return"));
        Assert.That(said, Is.EqualTo(new[]
        {
            ("c0000201 0", "return"), // decided for this peer before it is logged
            ("0 79 0 81", "report"), ("0 79 0 81", "return"),
        }));
    }

    [Test]
    public void Policies_tell_whom_they_select_here_and_what_is_wrong_with_them()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        var far = new NamespacedName("shop", "far");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.UpsertPod(Pod(far, "10.0.0.2"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.UpsertPolicy(Yaml.Policy("{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 0}]}]}"));
        var status = node.Policies().Single();
        Assert.That(status.LocalPods, Is.EqualTo(new[] { Web }));
        Assert.That(status.Types, Is.EqualTo(new[] { Direction.Egress }));
        Assert.That(status.Problems.Single().Field, Is.EqualTo("spec.egress[0].ports[0].port"));
    }

    [Test]
    public void A_pod_with_an_address_of_a_network_set_calls_its_ports_by_its_own_names()
    {
        var node = new NodePolicy("node-1").Knowing("shop");
        var partners = new PodSelection(
            new NamespaceScope.Any(), LabelSelector.Of(new Requirement("role", SelectorOperator.In, ["partner"])))
            {
                Kinds = EndpointKinds.All,
            };
        var other = new NamespacedName("elsewhere", "other");
        node.UpsertPod(Pod(Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.UpsertNetworkSet(new NetworkSetView(
            new NamespacedName("", "partners"), LabelSet.Empty.With("role", "partner"), [Cidr.Parse("10.0.0.8/29")]));
        node.UpsertPolicy(AllowFrom("policy", "app", "client") with
        {
            Ingress = null,
            Egress = new RuleSet([new RuleSpec(
                RuleVerdict.Allow, [new PeerSpec.Entity(partners, null, [], [])], [new PortSpec.Named(TransportProtocol.Tcp, "http")], "0")]),
        });
        Assert.That(Open(), Is.Empty, "nobody has the address");

        node.UpsertPod(Pod(other, "10.0.0.9") with { NamedPorts = [new NamedPort("http", TransportProtocol.Tcp, 8080)] });
        Assert.That(Open(), Is.EqualTo(new ushort[] { 8080 }));
        node.UpsertPod(Pod(other, "10.0.0.9") with { NamedPorts = [new NamedPort("http", TransportProtocol.Tcp, 9090)] });
        Assert.That(Open(), Is.EqualTo(new ushort[] { 9090 }));
        node.RemovePod(other);
        Assert.That(Open(), Is.Empty);

        IEnumerable<ushort> Open()
        {
            var simulator = new RulesetSimulator(node.Compile());
            return new ushort[] { 80, 8080, 9090 }.Where(port => simulator.Passes(new Packet(
                "rt0001", "up0", Address.Parse("10.0.0.1"), Address.Parse("10.0.0.9"), TransportProtocol.Tcp, port)));
        }
    }

    [Test]
    public void A_policy_that_we_fail_to_compile_closes_its_own_pods_and_no_others_until_it_is_another_one()
    {
        var (node, db) = (new NodePolicy("node-1").Knowing("shop"), new NamespacedName("shop", "db"));
        node.UpsertPod(Pod(Web, "10.0.0.1") with { Labels = LabelSet.Empty.With("app", "web") });
        node.UpsertPod(Pod(db, "10.0.0.2") with { Labels = LabelSet.Empty.With("app", "db") });
        node.SetEndpoint(Endpoint("rt0001", Web, "10.0.0.1"));
        node.SetEndpoint(Endpoint("rt0002", db, "10.0.0.2"));
        var good = Yaml.Policy("{podSelector: {matchLabels: {app: web}}, ingress: [{}]}", "web");
        var odd = good with { Ingress = new RuleSet([new RuleSpec(RuleVerdict.Allow, [], [null!], "spec.ingress[0]")]) };
        node.UpsertPolicy(odd);
        node.UpsertPolicy(Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}", "db"));
        Assert.That((Passes("rt0001", "10.0.0.1", 80), Passes("rt0002", "10.0.0.2", 80), Passes("rt0002", "10.0.0.2", 81)), Is.EqualTo((false, true, false)));
        Assert.That(node.Faults.Single().ToString(), Does.StartWith("ingress by NetworkPolicy shop/web: could not be compiled"));

        node.UpsertPolicy(good);
        Assert.That((Passes("rt0001", "10.0.0.1", 80), Passes("rt0002", "10.0.0.2", 80)), Is.EqualTo((true, true)));
        node.UpsertPolicy(odd);
        Assert.That(Passes("rt0001", "10.0.0.1", 80), Is.False, "also after it was right");
        node.RemovePolicy(odd.Key);
        Assert.That((Passes("rt0001", "10.0.0.1", 80), node.Faults.Any()), Is.EqualTo((true, false)));

        bool Passes(string output, string address, ushort port) => new RulesetSimulator(node.Compile()).Passes(
            new Packet("eth0", output, Address.Parse("192.0.2.1"), Address.Parse(address), TransportProtocol.Tcp, port));
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
