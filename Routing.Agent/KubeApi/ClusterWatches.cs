using System.Collections.Immutable;
using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>All that the agent follows at the API server, and where it goes. Its ClusterRole allows these lists and
/// watches, and the GET of a pod (<see cref="PodLookup"/>), and nothing else.</summary>
internal sealed class ClusterWatches
{
    private readonly Kubernetes _client;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<WatchedResource>.Builder _resources =
        ImmutableArray.CreateBuilder<WatchedResource>();
    private readonly ImmutableArray<WatchLoop>.Builder _loops = ImmutableArray.CreateBuilder<WatchLoop>();

    /// <param name="client">Borrowed; must outlive the loops.</param>
    /// <param name="cluster">Takes nodes and BGP objects.</param>
    /// <param name="policy">Takes what policy is made from.</param>
    /// <param name="secretsNamespace">Where passwords of peers are; null follows no Secrets.</param>
    /// <param name="loggers">For the watches.</param>
    /// <param name="time">The clock.</param>
    public ClusterWatches(
        Kubernetes client,
        ClusterFeed cluster,
        PolicyFeed policy,
        string? secretsNamespace,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        (_client, _loggers, _time) = (client, loggers, time);
        Add<V1Node>("nodes", cluster.FeedNodesAsync);
        Add<V1Namespace>("namespaces", policy.FeedNamespacesAsync);
        Add<V1Pod>("pods", policy.FeedPodsAsync);
        Add<V1NetworkPolicy>("networkpolicies", policy.FeedNetworkPoliciesAsync);
        Add<BgpConfigurationResource>("bgpconfigurations", cluster.FeedConfigurationsAsync);
        Add<BgpPeerResource>("bgppeers", cluster.FeedPeersAsync);
        Add<BgpPeerGroupResource>("bgppeergroups", cluster.FeedPeerGroupsAsync);
        Add<BgpFilterResource>("bgpfilters", cluster.FeedFiltersAsync);
        if (secretsNamespace is not null)
        {
            cluster.ExpectSecrets();
            Add<V1Secret>("secrets", cluster.FeedSecretsAsync, secretsNamespace);
        }

        (Resources, Loops) = (_resources.ToImmutable(), _loops.ToImmutable());
    }

    /// <summary>The watches, for those who only want to know how they fare.</summary>
    public ImmutableArray<WatchedResource> Resources { get; }

    /// <summary>What has to run, consumers before what they consume.</summary>
    public ImmutableArray<WatchLoop> Loops { get; }

    private void Add<T>(
        string resource,
        Func<ChannelReader<ResourceEvent<T>>, CancellationToken, Task> feed,
        string? inNamespace = null)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var watch = new ResourceWatch<T>(
            _client, new ResourceWatchOptions { Namespace = inNamespace }, _loggers.CreateLogger<ResourceWatch<T>>(), _time);
        _resources.Add(new WatchedResource(resource, () => watch.State));
        _loops.Add(new WatchLoop($"{resource} feed", stop => feed(watch.Events, stop)));
        _loops.Add(new WatchLoop($"{resource} watch", watch.RunAsync));
    }
}
