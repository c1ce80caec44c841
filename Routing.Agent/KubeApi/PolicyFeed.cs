using System.Collections.Immutable;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Policy.Controller;

namespace Routing.Agent.KubeApi;

/// <summary>Watches of what policy is made from into the <see cref="DataplaneLoop"/>.</summary>
internal sealed partial class PolicyFeed(DataplaneLoop loop, ILogger<PolicyFeed> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Feeds one kind until its watch ends.</summary>
    public async Task FeedAsync<TResource, TModel>(
        PolicyInput<TResource, TModel> input, ChannelReader<ResourceEvent<TResource>> events,
        CancellationToken cancellationToken)
        where TResource : IKubernetesObject<V1ObjectMeta>
        where TModel : class
    {
        await foreach (var change in events.ReadAllAsync(cancellationToken))
        {
            // Translated here, on the feed's own task: the loop only compares and notes.
            switch (change)
            {
                case ResourceEvent<TResource>.Replaced list:
                    TModel[] all = [.. list.Items.Select(Translate)];
                    await loop.OnChangeAsync(
                        input, isFullList: true, policy => input.Replace(policy, [.. all, .. Mend(policy, list.UnreadableItems)]), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Unreadable { Object: var unreadable }:
                    await loop.OnChangeAsync(input, isFullList: false, policy => Put(policy, Mend(policy, [unreadable])), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Upserted { Item: var item }:
                    var model = Translate(item);
                    await loop.OnChangeAsync(
                        input, isFullList: false, policy => input.Upsert(policy, model), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Deleted { Item: var gone }:
                    var last = input.Translate(gone).Value;
                    await loop.OnChangeAsync(
                        input, isFullList: false, policy => input.Remove(policy, last), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Interrupted or ResourceEvent<TResource>.Resumed:
                    await loop.OnGapAsync(input, change is ResourceEvent<TResource>.Resumed, cancellationToken);
                    break;
            }
        }

        // What is known already, the loop knows.
        IEnumerable<TModel> Mend(NodePolicy policy, ImmutableArray<UnreadableObject<TResource>> unreadable) =>
            unreadable.Select(one => input.Mend(policy, one)).OfType<TModel>();

        void Put(NodePolicy policy, IEnumerable<TModel> models)
        {
            foreach (var model in models)
            {
                input.Upsert(policy, model);
            }
        }

        TModel Translate(TResource resource)
        {
            var (value, problems) = input.Translate(resource);
            foreach (var problem in problems)
            {
                LogProblem(input.Kind, resource.Metadata?.NamespaceProperty ?? "", resource.Metadata?.Name ?? "", problem.ToString());
            }

            return value;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Kind} {Namespace}/{Name}: {Reason}")]
    private partial void LogProblem(string kind, string @namespace, string name, string reason);
}
