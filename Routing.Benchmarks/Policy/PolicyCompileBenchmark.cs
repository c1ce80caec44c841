using System.Diagnostics;
using System.Runtime.CompilerServices;
using Routing.Agent.Dataplane.Nftables;
using Routing.Benchmarks.Cni;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Benchmarks.Policy;

/// <summary>The compiler at the size it is designed for: 10,000 pods in 500 namespaces, 5,000 policies, and a node with 100 of
/// the pods. Cold, then one change at a time, in memory or down to the kernel. And all the profiles there are at ten times that
/// size.
/// <code>
///   policy-compile            10,000 pods
///   policy-compile kernel     the same, each change committed to the network namespace that this runs in
///   policy-compile verified   the same, the processor time in which the agent's verifier tries each change
///   policy-compile all-nodes  100,000 pods, 75,000 policies, 25,000 namespaces, the rules of all pods
/// </code></summary>
internal static class PolicyCompileBenchmark
{
    private const int Namespaces = 500, PodsPerNamespace = 20, PoliciesPerNamespace = 10, LocalPods = 100, Changes = 1000;
    private const int VerifiedChanges = 40;
    private const string Node = "node-1";

    public static int Run(string[] args)
    {
        switch (args)
        {
            case []:
                OneNode(null);
                return 0;
            case ["kernel"]:
                using (var applier = NftApplier.Open())
                {
                    OneNode(applier);
                    applier.Apply(Ruleset.Empty);
                }

                return 0;
            case ["verified"]:
                OneNode(null, new RulesetVerifier(new Random(1)));
                return 0;
            case ["all-nodes"]:
                AllNodes();
                return 0;
            default:
                Console.Error.WriteLine("policy-compile [kernel|verified|all-nodes]");
                return 2;
        }
    }

    private static void OneNode(NftApplier? applier, RulesetVerifier? verifier = null)
    {
        var pods = Enumerable.Range(0, Namespaces * PodsPerNamespace).Select(i => Pod(i, "v1")).ToList();
        var namespaces = Enumerable.Range(0, Namespaces).Select(i => Namespace(i, 0)).ToList();
        var policies = Enumerable.Range(0, Namespaces * PoliciesPerNamespace).Select(i => Policy(i, 8080)).ToList();
        var node = Cold(namespaces, pods, policies, LocalPods);
        if (applier is not null)
        {
            var clock = Stopwatch.StartNew();
            applier.Apply(node.Compile());
            Print($"into the kernel            {clock.Elapsed.TotalMilliseconds,8:F1} ms");
        }

        // Policies whose ports have numbers, of the namespaces of the node's own pods: the change of a port changes every element.
        var numbered = Enumerable.Range(0, LocalPods / PodsPerNamespace * PoliciesPerNamespace).Where(i => i % 3 != 0).ToList();
        Print($"| the change | median ms | p99 ms | compiled, median | p99 | changed rules | collections of generation 0, 1, 2 |");
        Print($"|---|---|---|---|---|---|---|");
        Measure(node, applier, verifier, "an object that is the same", i => node.UpsertPod(Pod(9000 + (i % 1000), "v1")));
        Measure(node, applier, verifier, "a remote pod's label", i => node.UpsertPod(Pod(LocalPods + (i * 37 % (pods.Count - LocalPods)), "v2")));
        Measure(node, applier, verifier, "a local pod's label", i => node.UpsertPod(Pod(i % LocalPods, i / LocalPods % 2 == 0 ? "v2" : "v1")));
        Measure(node, applier, verifier, "a policy whose port changes", i => node.UpsertPolicy(Policy(numbered[i % numbered.Count], (ushort)(8081 + i))));
        Measure(node, applier, verifier, "a namespace's label", i => node.UpsertNamespace(Namespace(i % Namespaces, 1 + (i / Namespaces))));
        Measure(node, applier, verifier, "a local pod's interface", i =>
        {
            var pod = pods[i / 2 % LocalPods];
            if (i % 2 == 0)
            {
                node.RemoveEndpoint($"rt{pod.Name.Name}");
            }
            else
            {
                node.SetEndpoint(new LocalEndpoint($"rt{pod.Name.Name}", pod.Name, "", pod.Addresses));
            }
        });
    }

    /// <summary>The shape that Antrea's controller is measured with: namespaces of four pods and three policies, that of a
    /// default deny and of two rules between the pods.</summary>
    private static void AllNodes()
    {
        const int Count = 25_000, PodsEach = 4;
        var namespaces = Enumerable.Range(0, Count).Select(i => Namespace(i, 0)).ToList();
        var pods = Enumerable.Range(0, Count * PodsEach).Select(i => new PodView
        {
            Name = new NamespacedName($"ns{i / PodsEach}", $"{i}"),
            NodeName = Node,
            Labels = LabelSet.From(new Dictionary<string, string> { ["app"] = $"app{i % 2}" }),
            Addresses = [new Address(IpFamily.V4, (UInt128)(0x0A000000 + i))],
        }).ToList();
        var policies = new List<PolicySpec>();
        foreach (var home in namespaces)
        {
            var own = new NamespaceScope.Named(home.Name);
            policies.Add(Small("deny", LabelSelector.Everything, null));
            policies.Add(Small("to-0", Selector("app", "app0"), Selector("app", "app1")));
            policies.Add(Small("to-1", Selector("app", "app1"), Selector("app", "app0")));

            PolicySpec Small(string name, LabelSelector subject, LabelSelector? from) => new()
            {
                Key = PolicyKey.NetworkPolicy(home.Name, name),
                Subject = new PodSelection(own, subject),
                Ingress = new RuleSet(from is null ? [] :
                [
                    new RuleSpec(
                        RuleVerdict.Allow, [new PeerSpec.Pods(new PodSelection(own, from))],
                        [new PortSpec.Numbers(TransportProtocol.Tcp, 80, 80)], "spec.ingress[0]"),
                ]),
                Egress = null,
            };
        }

        Cold(namespaces, pods, policies, pods.Count);
    }

    /// <summary>Everything at once, as after the first lists.</summary>
    private static NodePolicy Cold(
        List<NamespaceView> namespaces, List<PodView> pods, List<PolicySpec> policies, int localPods)
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (clock, busy, paused, collections) = (Stopwatch.StartNew(), ProcessorTime(), GC.GetTotalPauseDuration(), Collections());
        var node = new NodePolicy(Node);
        node.ReplaceNamespaces(namespaces);
        node.ReplacePods(pods);
        node.ReplacePolicies(PolicyKind.NetworkPolicy, policies);
        foreach (var pod in pods.Take(localPods))
        {
            node.SetEndpoint(new LocalEndpoint($"rt{pod.Name.Name}", pod.Name, "", pod.Addresses));
        }

        var noted = clock.Elapsed;
        var ruleset = node.Compile();
        var cold = clock.Elapsed;
        (busy, paused) = (ProcessorTime() - busy, GC.GetTotalPauseDuration() - paused);
        var made = Collections().Zip(collections, (now, then) => now - then);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        heap = GC.GetTotalMemory(forceFullCollection: true) - heap;
        using var process = Process.GetCurrentProcess();
        Print($"{pods.Count} pods, {namespaces.Count} namespaces, {policies.Count} policies, {localPods} local pods: "
            + $"{ruleset.Sets.Count} sets with {ruleset.Sets.Values.Sum(set => set.Elements.Count)} elements");
        Print($"cold compile               {cold.TotalMilliseconds,8:F1} ms ({noted.TotalMilliseconds:F1} ms of it lists), "
            + $"{busy.TotalMilliseconds:F1} ms processor time of all threads, {paused.TotalMilliseconds:F1} ms collector's pauses ({string.Join(", ", made)}), "
            + $"{heap / 1048576.0:F1} MB kept, {allocated / 1048576.0:F1} MB allocated, "
            + $"{process.PeakWorkingSet64 / 1048576.0:F0} MB the process at its peak");
        return node;
    }

    private static void Measure(NodePolicy node, NftApplier? applier, RulesetVerifier? verifier, string what, Action<int> change)
    {
        var changes = verifier is null ? Changes : VerifiedChanges;
        var (all, compiled) = (new Samples(), new Samples());
        var before = node.Compile();
        var changed = 0;
        var collections = Collections();
        for (var i = 0; i < changes; i++)
        {
            var clock = Stopwatch.StartNew();
            change(i);
            var after = node.Compile();
            compiled.Add(clock.Elapsed);
            if (!ReferenceEquals(before, after))
            {
                applier?.Apply(after);
                changed++;
            }

            all.Add(verifier is null ? clock.Elapsed : Verify(verifier, before, after, node));
            before = after;
        }

        var made = Collections().Zip(collections, (now, then) => now - then);
        Print($"| {what} | {all.Median:F3} | {all.P99:F2} | {compiled.Median:F3} | {compiled.P99:F2} | {changed} of {changes} | {string.Join(", ", made)} |");
    }

    /// <summary>Processor time: a verifier runs before the commit, on a node that has other work.</summary>
    private static TimeSpan Verify(RulesetVerifier verifier, Ruleset before, Ruleset after, NodePolicy node)
    {
        if (ReferenceEquals(before, after))
        {
            return TimeSpan.Zero;
        }

        var started = Environment.CpuUsage.TotalTime;
        var wrong = verifier.Check(before, after, node);
        return wrong.IsEmpty ? Environment.CpuUsage.TotalTime - started : throw new UnreachableException($"{wrong[0]}");
    }

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static int[] Collections() => [.. Enumerable.Range(0, 3).Select(GC.CollectionCount)];

    private static void Print(DefaultInterpolatedStringHandler line) => Console.WriteLine(line.ToStringAndClear());

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
