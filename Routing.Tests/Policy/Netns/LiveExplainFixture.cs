using Routing.Agent.Cli.Policies;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Grpc;
using Routing.Agent.Grpc.Protocol;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>A cluster whose rules are in a kernel, and `routing policy explain --live` to ask about them.</summary>
[Category("Netns")]
public abstract class LiveExplainFixture(FilterBackend backend)
{
    private const string Manifests = """
        {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n0}, status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n9}, status: {addresses: [{type: InternalIP, address: 172.16.0.9}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop},
         spec: {podSelector: {matchLabels: {app: p1}}, policyTypes: [Ingress], ingress: [
           {from: [{podSelector: {matchLabels: {app: p0}}}], ports: [{protocol: UDP, port: 53}]},
           {from: [{ipBlock: {cidr: 192.0.2.0/25}}], ports: [{protocol: UDP, port: 80}]}]}}
        ---
        {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: keep-out},
         spec: {tier: Admin, priority: 1, subject: {namespaces: {matchLabels: {team: shop}}}, ingress: [
           {name: no-p2, action: Deny, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: p2}}}}]}]}}
        """;

    private protected KernelCluster Kernel { get; private set; } = null!;

    private protected ProbeNetwork Network { get; private set; } = null!;

    private protected FilterBackend Backend => backend;

    private protected NodePolicy Policy { get; private set; } = null!;

    private ClusterView _cluster = null!;
    private LiveExplainer _live = null!;

    [SetUp]
    public void Put_a_cluster_into_a_kernel()
    {
        Requires.Root();
        Kernel = new KernelCluster(3, backend);
        var pods = Enumerable.Range(0, 3).Select(i => Pod($"p{i}", "n0", RandomCluster.AddressesOf(i, 0)))
            .Append(Pod("far", "n9", ["10.9.0.1"]));
        var cluster = Yaml.Cluster(Manifests);
        Policy = new NodePolicy("n0");
        _cluster = cluster with { Pods = cluster.Pods.AddRange(pods.Select(pod => KeyValuePair.Create(pod.Name, pod))) };
        Policy.Replace(_cluster);
        foreach (var pod in pods.Where(pod => pod.NodeName == "n0"))
        {
            Policy.SetEndpoint(new LocalEndpoint($"rt-{pod.Name.Name}", pod.Name, "", pod.Addresses));
        }

        Policy.SetEndpoint(new LocalEndpoint("rt-new", new NamespacedName("shop", "new"), "", [Address.Parse("10.1.0.77")]));
        Kernel.Apply(Policy.Compile());
        Network = new ProbeNetwork(Kernel, [53, 80]);
        _live = new LiveExplainer(
            new DirectReader(Policy), () => Kernel.BackendName, Kernel.OpenRules,
            () => KernelWays.Read(Kernel.Node.OpenRouteNetlink()), TimeSpan.Zero, TimeProvider.System);
    }

    [TearDown]
    public void Remove_it()
    {
        Network?.Dispose();
        Kernel?.Dispose();
    }

    /// <summary>Puts another cluster into the kernel, made from the first.</summary>
    private protected Ruleset Put(Func<ClusterView, ClusterView> change)
    {
        Policy.Replace(change(_cluster));
        var ruleset = Policy.Compile();
        Kernel.Apply(ruleset);
        return ruleset;
    }

    private protected async Task<ExplainFlowReply> Explain(string from, string to, ushort port)
    {
        var request = new ExplainFlowRequest { From = from, To = to, Protocol = "UDP", Port = port };
        return LiveTranslator.Reply(await _live.ExplainAsync(LiveTranslator.Flow(request), default), request);
    }

    private protected static string Text(ExplainFlowReply reply)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        LiveFlowTree.Write(reply, writer);
        return string.Join('\n', writer.ToString().Split('\n').Select(line => line.TrimEnd()));
    }

    private static PodView Pod(string name, string node, string[] addresses) => new()
    {
        Name = new NamespacedName("shop", name),
        NodeName = node,
        Labels = LabelSet.From([KeyValuePair.Create("app", name)]),
        Addresses = addresses.Select(Address.Parse).ToEquatableArray(),
    };

    private sealed class DirectReader(NodePolicy policy) : IPolicyReader
    {
        public Task<T> ReadAsync<T>(Func<NodePolicy, T> look, CancellationToken cancellationToken) => Task.FromResult(look(policy));
    }
}
