using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;

namespace Routing.Benchmarks.Cni;

/// <summary>The real packet filter in the kernel of this namespace, told of pods as the watch would tell it.</summary>
internal sealed class BenchmarkPolicy : IPodPolicy, IPodLookup, IAsyncDisposable
{
    /// <summary>The node's name at the API server.</summary>
    public const string NodeName = "bench-node";

    private readonly CancellationTokenSource _stop = new();
    private readonly NftApplier _applier = NftApplier.Open();
    private readonly AgentMetrics _metrics = new();
    private readonly DataplaneLoop _loop;
    private readonly Task _running;

    private BenchmarkPolicy()
    {
        _loop = new DataplaneLoop(
            new NodePolicy(NodeName), _applier, this, new DataplaneOptions(), _metrics, TimeProvider.System,
            NullLogger<DataplaneLoop>.Instance);
        _running = _loop.RunAsync(_stop.Token);
    }

    /// <summary>Starts the loop and gives it the cluster.</summary>
    public static async Task<BenchmarkPolicy> StartAsync(ClusterView cluster)
    {
        var policy = new BenchmarkPolicy();
        await policy._loop.OnChangeAsync(PolicyInputs.Namespaces, isFullList: true,
            node => node.ReplaceNamespaces(cluster.Namespaces.Values), CancellationToken.None);
        await policy._loop.OnChangeAsync(PolicyInputs.NetworkPolicies, isFullList: true,
            node => node.ReplacePolicies(PolicyKind.NetworkPolicy, cluster.Policies.Values), CancellationToken.None);
        await policy._loop.OnChangeAsync(PolicyInputs.Pods, isFullList: true,
            node => node.ReplacePods(Enumerable.Range(0, BenchmarkCluster.RemotePods).Select(BenchmarkCluster.Remote)),
            CancellationToken.None);
        return policy;
    }

    /// <summary>The scheduler bound a pod to the node: known long before its ADD.</summary>
    public async Task OnScheduledAsync(string name)
    {
        await _loop.OnChangeAsync(PolicyInputs.Pods, isFullList: false,
            node => node.UpsertPod(BenchmarkCluster.Scheduled(name)), CancellationToken.None);
        await _loop.ReadAsync(_ => 0, CancellationToken.None);
    }

    public Task CommitAsync(Attachment attachment, CancellationToken cancellationToken) =>
        _loop.CommitAsync(attachment, cancellationToken);

    public Task RemoveAsync(AttachmentKey key, CancellationToken cancellationToken) =>
        _loop.RemoveAsync(key, cancellationToken);

    public Task<PodView?> FindAsync(NamespacedName pod, CancellationToken cancellationToken) =>
        Task.FromResult<PodView?>(BenchmarkCluster.Scheduled(pod.Name));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _applier.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }
}
