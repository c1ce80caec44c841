using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;

namespace Routing.Agent.KubeApi;

/// <summary>Watches of nodes and BGP objects into the <see cref="ClusterDirectory"/>.</summary>
internal sealed class ClusterFeed(ClusterDirectory directory)
{
    public Task FeedNodesAsync(ChannelReader<ResourceEvent<V1Node>> events, CancellationToken cancellationToken) =>
        FeedAsync(
        events, (node, _) => NodeRecordTranslator.Translate(node),
        state => state.Nodes, (state, nodes) => state with { Nodes = nodes }, cancellationToken);

    public Task FeedConfigurationsAsync(
        ChannelReader<ResourceEvent<BgpConfigurationResource>> events, CancellationToken cancellationToken) =>
        FeedAsync(
        events, (item, before) => BgpFeedTranslator.Translate(item, BgpObjectReader.ReadConfiguration, before),
        state => state.Configurations, (state, items) => state with { Configurations = items }, cancellationToken);

    public Task FeedPeersAsync(
        ChannelReader<ResourceEvent<BgpPeerResource>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, (item, _) => BgpFeedTranslator.ToDocument(item),
            state => state.PeerDocuments, (state, items) => PeerFeed.Reread(state, state with { PeerDocuments = items }),
            cancellationToken);

    public Task FeedPeerGroupsAsync(
        ChannelReader<ResourceEvent<BgpPeerGroupResource>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, (item, before) => BgpFeedTranslator.Translate(item, BgpObjectReader.ReadPeerGroup, before),
            state => state.PeerGroups, (state, items) => PeerFeed.Reread(state, state with { PeerGroups = items }),
            cancellationToken);

    public Task FeedFiltersAsync(
        ChannelReader<ResourceEvent<BgpFilterResource>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, (item, before) => BgpFeedTranslator.Translate(item, BgpObjectReader.ReadFilter, before),
            state => state.Filters, (state, items) => state with { Filters = items }, cancellationToken);

    /// <summary>Until the Secrets have been listed the state is not complete.</summary>
    public void ExpectSecrets() => directory.Update(state => state with { FollowsSecrets = true });

    public Task FeedSecretsAsync(ChannelReader<ResourceEvent<V1Secret>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, (item, _) => (IReadOnlyDictionary<string, string>)ToText(item),
            state => state.Secrets, (state, items) => state with { Secrets = items }, cancellationToken);

    private static Dictionary<string, string> ToText(V1Secret secret) =>
        (secret.Data ?? new Dictionary<string, byte[]>())
            .ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value).TrimEnd('\r', '\n'));

    private async Task FeedAsync<TResource, TRecord>(
        ChannelReader<ResourceEvent<TResource>> events,
        Func<TResource, TRecord?, TRecord> translate,
        Func<ClusterState, ImmutableSortedDictionary<string, TRecord>?> get,
        Func<ClusterState, ImmutableSortedDictionary<string, TRecord>, ClusterState> set,
        CancellationToken cancellationToken)
        where TResource : IKubernetesObject<V1ObjectMeta>
        where TRecord : class
    {
        await foreach (var change in events.ReadAllAsync(cancellationToken))
        {
            directory.Update(state =>
            {
                var known = get(state);
                var before = known ?? ImmutableSortedDictionary.Create<string, TRecord>(StringComparer.Ordinal);
                var next = change switch
                {
                    ResourceEvent<TResource>.Replaced list => before
                        .RemoveRange(before.Keys.Except(list.UnreadableItems.Select(one => one.Rest.Name()))) // those stay as they were
                        .AddRange(list.Items.Select(item =>
                            KeyValuePair.Create(item.Name(), translate(item, before.GetValueOrDefault(item.Name()))))),
                    ResourceEvent<TResource>.Upserted { Item: var item } =>
                        before.SetItem(item.Name(), translate(item, before.GetValueOrDefault(item.Name()))),
                    ResourceEvent<TResource>.Deleted { Item: var item } => before.Remove(item.Name()),
                    _ => before,
                };

                // SetItem gives the same map back for a record that is equal: a node's heartbeat ends here.
                return ReferenceEquals(next, known) ? state : set(state, next);
            });
        }
    }
}
