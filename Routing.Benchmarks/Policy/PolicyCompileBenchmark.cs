using System.Diagnostics;
using System.Globalization;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Benchmarks.Policy;

/// <summary>The compiler at the size it is designed for: 10,000 pods in 500 namespaces, 5,000 policies, and a node with 100 of
/// the pods. Cold, then one change at a time.</summary>
internal static class PolicyCompileBenchmark
{
    private const int Namespaces = 500, PodsPerNamespace = 20, PoliciesPerNamespace = 10, LocalPods = 100, Changes = 200;
    private const string Node = "node-1";

    public static int Run()
    {
        var pods = Enumerable.Range(0, Namespaces * PodsPerNamespace).Select(i => Pod(i, "v1")).ToList();
        var namespaces = Enumerable.Range(0, Namespaces).Select(i => Namespace(i, 0)).ToList();
        var policies = Enumerable.Range(0, Namespaces * PoliciesPerNamespace).Select(i => Policy(i, 8080)).ToList();

        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var node = new NodePolicy(Node);
        node.ReplaceNamespaces(namespaces);
        node.ReplacePods(pods);
        node.ReplacePolicies(PolicyKind.NetworkPolicy, policies);
        foreach (var pod in pods.Take(LocalPods))
        {
            node.SetEndpoint(new LocalEndpoint($"rt{pod.Name.Name}", pod.Name, "", pod.Addresses));
        }

        var ruleset = node.Compile();
        var cold = clock.Elapsed;
        heap = GC.GetTotalMemory(forceFullCollection: true) - heap;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{pods.Count} pods, {namespaces.Count} namespaces, {policies.Count} policies, {LocalPods} local pods: "
            + $"{ruleset.Sets.Count} sets with {ruleset.Sets.Values.Sum(set => set.Elements.Count)} elements"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cold compile               {cold.TotalMilliseconds,8:F1} ms, {heap / 1048576.0:F1} MB kept"));

        Measure(node, "a remote pod's label", i => node.UpsertPod(Pod(LocalPods + i * 37, "v2")));
        Measure(node, "a local pod's label", i => node.UpsertPod(Pod(i % LocalPods, i < LocalPods ? "v2" : "v1")));
        Measure(node, "a policy of local pods", i => node.UpsertPolicy(Policy(i % 40, (ushort)(8081 + i))));
        Measure(node, "a namespace's label", i => node.UpsertNamespace(Namespace(i, 1)));
        Measure(node, "a local pod's interface", i => node.RemoveEndpoint($"rt{i}"));
        Measure(node, "an object that is the same", i => node.UpsertPod(Pod(9000 + i, "v1")));
        return 0;
    }

    private static void Measure(NodePolicy node, string what, Action<int> change)
    {
        var times = new List<double>();
        Ruleset before = node.Compile();
        var changed = 0;
        for (var i = 0; i < Changes; i++)
        {
            var clock = Stopwatch.StartNew();
            change(i);
            var after = node.Compile();
            times.Add(clock.Elapsed.TotalMilliseconds);
            changed += ReferenceEquals(before, after) ? 0 : 1;
            before = after;
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-26} {times[Changes / 2],8:F3} ms median, {times[Changes * 99 / 100]:F3} ms p99, {changed} of {Changes} changed rules"));
    }

    private static PodView Pod(int i, string version) => new()
    {
        // The node's pods come first and are spread over five namespaces.
        Name = new NamespacedName($"ns{i / PodsPerNamespace}", $"{i}"),
        NodeName = i < LocalPods ? Node : $"node-{2 + (i % 99)}",
        Labels = LabelSet.From(new Dictionary<string, string>
        {
            ["app"] = $"app{i % 5}", ["tier"] = $"t{i % 3}", ["version"] = version, ["pod-template-hash"] = $"{i % 100}",
        }),
        Addresses =
        [
            new Address(IpFamily.V4, (UInt128)(0x0A000000 + i)), new Address(IpFamily.V6, ((UInt128)0xFD00 << 112) + (UInt128)i),
        ],
        NamedPorts = [new NamedPort("http", TransportProtocol.Tcp, (ushort)(8080 + (i % 2)))],
    };

    private static NamespaceView Namespace(int i, int moved) =>
        NamespaceView.Bare($"ns{i}") with
        {
            Labels = LabelSet.From(new Dictionary<string, string>
            {
                [NamespaceView.NameLabel] = $"ns{i}", ["team"] = $"team{(i + moved) % 25}",
            }),
        };

    private static PolicySpec Policy(int i, ushort port)
    {
        var home = $"ns{i / PoliciesPerNamespace}";
        var own = new NamespaceScope.Named(home);
        var team = new NamespaceScope.Labelled(Selector("team", $"team{i % 25}"));
        PeerSpec app = new PeerSpec.Pods(new PodSelection(own, Selector("app", $"app{(i + 1) % 5}")));
        PeerSpec others = new PeerSpec.Pods(new PodSelection(team, Selector("version", "v1")));
        PeerSpec world = new PeerSpec.IpBlock(Cidr.Parse("192.0.2.0/24"), [Cidr.Parse("192.0.2.64/26")]);
        PortSpec http = i % 3 == 0
            ? new PortSpec.Named(TransportProtocol.Tcp, "http")
            : new PortSpec.Numbers(TransportProtocol.Tcp, port, port);
        return new PolicySpec
        {
            Key = PolicyKey.NetworkPolicy(home, $"policy-{i}"),
            Subject = new PodSelection(own, i % 10 == 0 ? LabelSelector.Everything : Selector("app", $"app{i % 5}")),
            Ingress = new RuleSet(
            [
                new RuleSpec(RuleVerdict.Allow, [app], [http], "spec.ingress[0]"),
                new RuleSpec(RuleVerdict.Allow, [others, world], [http], "spec.ingress[1]"),
            ]),
            Egress = i % 4 != 0 ? null : new RuleSet(
            [
                new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Udp, 53, 53)], "spec.egress[0]"),
                new RuleSpec(RuleVerdict.Allow, [others], [http], "spec.egress[1]"),
            ]),
        };
    }

    private static LabelSelector Selector(string key, string value) =>
        LabelSelector.Of(new Requirement(key, SelectorOperator.In, [value]));
}
