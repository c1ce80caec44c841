using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Agent.Dataplane;
using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>All that the agent follows at the API server, and where it goes. Its ClusterRole allows these lists and
/// watches, the GETs of a pod (<see cref="PodLookup"/>) and of the definitions of optional kinds, and nothing else.</summary>
internal sealed class ClusterWatches
{
    private readonly Kubernetes _client;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly WatchSiblings _siblings = new();
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
        foreach (var input in PolicyInputs.All)
        {
            input.Accept(new PolicyWatches(this, cluster, policy));
        }

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
        where T : IKubernetesObject<V1ObjectMeta> =>
        Add(resource, feed, new ResourceWatchOptions { Namespace = inNamespace });

    /// <summary>One watch for two feeds; the slower one sets the pace.</summary>
    private static async Task FeedBothAsync<T>(
        ChannelReader<ResourceEvent<T>> events,
        Func<ChannelReader<ResourceEvent<T>>, CancellationToken, Task> first,
        Func<ChannelReader<ResourceEvent<T>>, CancellationToken, Task> second,
        CancellationToken cancellationToken)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        // Full: the fork waits, and with it the watch.
        var (one, other) = (Channel.CreateBounded<ResourceEvent<T>>(16), Channel.CreateBounded<ResourceEvent<T>>(16));
        await Task.WhenAll(ForkAsync(), first(one.Reader, cancellationToken), second(other.Reader, cancellationToken));

        async Task ForkAsync()
        {
            try
            {
                await foreach (var change in events.ReadAllAsync(cancellationToken))
                {
                    await one.Writer.WriteAsync(change, cancellationToken);
                    await other.Writer.WriteAsync(change, cancellationToken);
                }
            }
            finally
            {
                one.Writer.TryComplete();
                other.Writer.TryComplete();
            }
        }
    }

    /// <summary>A watch for each kind that policy is made from.</summary>
    private sealed class PolicyWatches(ClusterWatches owner, ClusterFeed cluster, PolicyFeed policy) : IPolicyInputVisitor
    {
        public void Visit<TResource, TModel>(PolicyInput<TResource, TModel> input)
            where TResource : IKubernetesObject<V1ObjectMeta>
            where TModel : class
        {
            if (input == (PolicyInput)PolicyInputs.Nodes)
            {
                owner.Add<V1Node>("nodes", (events, stop) => FeedBothAsync(
                    events, cluster.FeedNodesAsync, (forked, ended) => policy.FeedAsync(PolicyInputs.Nodes, forked, ended), stop));
                return;
            }

            owner.Add<TResource>(
                $"{input}",
                (events, stop) => policy.FeedAsync(input, events, stop),
                new ResourceWatchOptions { Sources = input.IsOptional ? input.Sources : [] });
        }
    }

    private void Add<T>(
        string resource,
        Func<ChannelReader<ResourceEvent<T>>, CancellationToken, Task> feed,
        ResourceWatchOptions options)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var watch = new ResourceWatch<T>(_client, options, _siblings, _loggers.CreateLogger<ResourceWatch<T>>(), _time);
        _resources.Add(new WatchedResource(resource, () => watch.State));
        _loops.Add(new WatchLoop($"{resource} feed", stop => feed(watch.Events, stop)));
        _loops.Add(new WatchLoop($"{resource} watch", watch.RunAsync));
    }
}
