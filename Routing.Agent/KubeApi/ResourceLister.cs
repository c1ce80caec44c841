using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>Lists a kind once, in pages; for verbs that look and end.</summary>
internal sealed class ResourceLister(Kubernetes client)
{
    /// <exception cref="ApiStatusException">The API server refuses.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task<IReadOnlyList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var options = new ResourceWatchOptions();
        var path = new ResourcePath(ResourceSource.Of(typeof(T)), options);
        var source = new ResourceClient(client);
        var items = new List<T>();
        await foreach (var (page, _) in ResourcePages.ReadAsync(source, next => path.List(options.PageSize, next), cancellationToken))
        {
            items.AddRange(page.Select(element => KubernetesJson.Deserialize<T>(element)));
        }

        return items;
    }
}
