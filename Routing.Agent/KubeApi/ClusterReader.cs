using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cli;
using Routing.Agent.Cluster;

namespace Routing.Agent.KubeApi;

/// <summary>Reads nodes and BGP objects once.</summary>
internal static class ClusterReader
{
    /// <exception cref="UserErrorException">The API server cannot be asked.</exception>
    public static async Task<ClusterState> ReadAsync(Kubernetes client, CancellationToken cancellationToken)
    {
        var lister = new ResourceLister(client);
        try
        {
            var state = new ClusterState
            {
                Nodes = (await lister.ListAsync<V1Node>(cancellationToken)).Select(NodeRecordTranslator.Translate)
                    .ToImmutableSortedDictionary(node => node.Name, node => node, StringComparer.Ordinal),
                Configurations = Read(
                    await lister.ListAsync<BgpConfigurationResource>(cancellationToken),
                    BgpObjectReader.ReadConfiguration),
                PeerDocuments = (await lister.ListAsync<BgpPeerResource>(cancellationToken))
                    .Select(BgpFeedTranslator.ToDocument)
                    .ToImmutableSortedDictionary(peer => peer.Name, peer => peer, StringComparer.Ordinal),
                PeerGroups = Read(
                    await lister.ListAsync<BgpPeerGroupResource>(cancellationToken), BgpObjectReader.ReadPeerGroup),
                Filters = Read(await lister.ListAsync<BgpFilterResource>(cancellationToken),
                    BgpObjectReader.ReadFilter),
            };
            return PeerFeed.Reread(ClusterState.Unknown, state);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            throw new UserErrorException($"API server {client.BaseUri}: {e.Message}");
        }
    }

    private static ImmutableSortedDictionary<string, BgpObject<T>> Read<T>(
        IEnumerable<CustomResource> items, BgpFeedTranslator.Reader<T> read)
        where T : class => items.Select(item => BgpFeedTranslator.Translate(item, read, null))
        .ToImmutableSortedDictionary(item => item.Name, item => item, StringComparer.Ordinal);
}
