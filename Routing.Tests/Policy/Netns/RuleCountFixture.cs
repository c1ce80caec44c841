using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Counts;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>A cluster whose rules are in a kernel and count, and packets to send through them.</summary>
[Category("Netns")]
public abstract class RuleCountFixture
{
    private protected const int Pods = 3;

    private protected const string Manifests = """
        {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop},
         spec: {podSelector: {matchLabels: {app: p1}}, policyTypes: [Ingress], ingress: [
           {from: [{podSelector: {matchLabels: {app: p0}}}], ports: [{protocol: UDP, port: 53}]},
           {from: [{ipBlock: {cidr: 192.0.2.0/25}}], ports: [{protocol: UDP, port: 80, endPort: 8080}]}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: wide, namespace: shop},
         spec: {podSelector: {matchLabels: {app: p1}}, policyTypes: [Ingress], ingress: [
           {from: [{ipBlock: {cidr: 10.1.0.0/24}}], ports: [{protocol: UDP, port: 53}]},
           {ports: [{protocol: UDP, port: 8080}]},
           {ports: [{protocol: UDP, port: 9000, endPort: 9999}]}]}}
        ---
        {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: keep-out},
         spec: {tier: Admin, priority: 1, subject: {namespaces: {matchLabels: {team: shop}}}, ingress: [
           {name: no-p2, action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: p2}}}}]}]}}
        """;

    private protected const string Unused =
        "keep-out [0] 0, shop/db [0] 0, shop/db [1] 0, shop/wide [0] 0, shop/wide [1] 0, shop/wide [2] 0";

    private protected static readonly ReportOptions Counting = new() { CountsRules = true };
    private protected static readonly Address[] Pod =
        [.. Enumerable.Range(0, Pods).Select(i => Address.Parse(RandomCluster.AddressesOf(i, 0)[0]))];

    private readonly ManualTime _time = new();
    private RuleTotals _totals = null!;
    private RuleCountReader? _reader;

    private protected KernelCluster Kernel { get; private set; } = null!;

    private protected ProbeNetwork Network { get; private set; } = null!;

    private protected NodePolicy Policy { get; private set; } = null!;

    [SetUp]
    public void Put_a_cluster_into_a_kernel()
    {
        Requires.Root();
        Kernel = new KernelCluster(Pods, Open);
        Network = new ProbeNetwork(Kernel, [53, 80, 8080, 9001]);
        Start(Counting);
    }

    [TearDown]
    public void Remove_it()
    {
        _reader?.Dispose();
        _totals?.Dispose();
        Network?.Dispose();
        Kernel?.Dispose();
    }

    /// <summary>Opens what the rules are put there with.</summary>
    private protected abstract IRulesetApplier Open(TestNamespace node);

    private protected void Start(ReportOptions reports, string manifests = Manifests)
    {
        var cluster = Yaml.Cluster(manifests);
        Start(SimulatedCluster.Node(
            cluster with
            {
                Pods = cluster.Pods.AddRange(Enumerable.Range(0, Pods).Select(i => new PodView
                {
                    Name = new NamespacedName("shop", $"p{i}"),
                    NodeName = RandomCluster.Nodes[0],
                    Labels = LabelSet.Empty.With("app", $"p{i}"),
                    Addresses = RandomCluster.AddressesOf(i, 0).Select(Address.Parse).ToEquatableArray(),
                }).Select(pod => KeyValuePair.Create(pod.Name, pod))),
            },
            RandomCluster.Nodes[0], reports));
    }

    /// <summary>As an agent does that finds what another has left.</summary>
    private protected void Start(NodePolicy policy)
    {
        _reader?.Dispose();
        Kernel.Restart();
        Policy = policy;
        _totals = RuleTotals.Of(policy, Kernel.OpenRules());
        _reader = new RuleCountReader(new DirectReader(policy), _totals, _time);
        Commit();
    }

    private protected void Commit()
    {
        var ruleset = Policy.Compile();
        Kernel.Apply(ruleset);
        _totals.OnCommitted(ruleset);
    }

    /// <summary>Allows one more range of ports, by a last rule of the policy wide.</summary>
    private protected void Widen(ushort low, ushort high)
    {
        var wide = Yaml.Cluster(Manifests).Policies[PolicyKey.NetworkPolicy("shop", "wide")];
        var more = new RuleSpec(RuleVerdict.Allow, [], [new PortSpec.Numbers(TransportProtocol.Udp, low, high)], "spec.ingress[3]");
        Policy.UpsertPolicy(wide with { Ingress = new RuleSet([.. wide.Ingress!.Rules.Items, more]) });
    }

    private protected void Send(int count, Address from, Address to, ushort port)
    {
        for (var i = 0; i < count; i++)
        {
            Network.Send([new Probe(from, to, TransportProtocol.Udp, port)]);
        }
    }

    private protected async Task<string> Counts()
    {
        _time.Advance(RuleCountReader.Least);
        var all = await _reader!.ReadAsync(default);
        var rules = all.Where(count => count.Rule.Policy is not null)
            .Select(count => $"{NameOf(count.Rule)} {count.Count.Packets}").Order(StringComparer.Ordinal);
        var ends = all.Where(count => count.Rule is { Policy: null, Verdict: CountedVerdict.Deny } && count.Count.Packets > 0)
            .Select(count => $"; {count.Rule.Tier} denies {count.Count.Packets}");
        return string.Join(", ", rules) + string.Concat(ends);
    }

    private protected List<RuleCount> All()
    {
        _time.Advance(RuleCountReader.Least);
        return [.. _reader!.ReadAsync(default).GetAwaiter().GetResult()];
    }

    private static string NameOf(CountSubject rule) =>
        $"{rule.Policy!.Value.Name.ToString().TrimStart('/')} {rule.Field!.Replace("spec.ingress", "", StringComparison.Ordinal)}";

    private sealed class DirectReader(NodePolicy policy) : IPolicyReader
    {
        public Task<T> ReadAsync<T>(Func<NodePolicy, T> look, CancellationToken cancellationToken) => Task.FromResult(look(policy));
    }
}
