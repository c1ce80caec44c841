using System.Threading.Channels;
using k8s;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Translate;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.KubeApi;

/// <summary>Watches of what policy is made from into the <see cref="DataplaneLoop"/>.</summary>
internal sealed class PolicyFeed(DataplaneLoop loop)
{
    public Task FeedPodsAsync(ChannelReader<ResourceEvent<V1Pod>> events, CancellationToken cancellationToken) =>
        FeedAsync(
        events, PolicyInput.Pods, PodTranslator.Translate,
        (policy, all) => policy.ReplacePods(all), (policy, pod) => policy.UpsertPod(pod),
        (policy, pod) => policy.RemovePod(pod.Name), cancellationToken);

    public Task FeedNamespacesAsync(
        ChannelReader<ResourceEvent<V1Namespace>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, PolicyInput.Namespaces, NamespaceTranslator.Translate,
            (policy, all) => policy.ReplaceNamespaces(all), (policy, item) => policy.UpsertNamespace(item),
            (policy, item) => policy.RemoveNamespace(item.Name), cancellationToken);

    public Task FeedNodesAsync(ChannelReader<ResourceEvent<V1Node>> events, CancellationToken cancellationToken) =>
        FeedAsync(events, PolicyInput.Nodes, NodeTranslator.Translate,
            (policy, all) => policy.ReplaceNodes(all), (policy, item) => policy.UpsertNode(item),
            (policy, item) => policy.RemoveNode(item.Name), cancellationToken);

    public Task FeedNetworkPoliciesAsync(
        ChannelReader<ResourceEvent<V1NetworkPolicy>> events, CancellationToken cancellationToken) => FeedPoliciesAsync(
        events, PolicyInput.NetworkPolicies, PolicyKind.NetworkPolicy, NetworkPolicyTranslator.Translate, cancellationToken);

    public Task FeedAdminNetworkPoliciesAsync(
        ChannelReader<ResourceEvent<AdminNetworkPolicyResource>> events, CancellationToken cancellationToken) =>
        FeedPoliciesAsync(
            events, PolicyInput.AdminNetworkPolicies, PolicyKind.AdminNetworkPolicy, ClusterPolicyTranslator.Translate,
            cancellationToken);

    public Task FeedBaselineAdminNetworkPoliciesAsync(
        ChannelReader<ResourceEvent<BaselineAdminNetworkPolicyResource>> events, CancellationToken cancellationToken) =>
        FeedPoliciesAsync(
            events, PolicyInput.BaselineAdminNetworkPolicies, PolicyKind.BaselineAdminNetworkPolicy,
            ClusterPolicyTranslator.Translate, cancellationToken);

    public Task FeedClusterNetworkPoliciesAsync(
        ChannelReader<ResourceEvent<ClusterNetworkPolicyResource>> events, CancellationToken cancellationToken) =>
        FeedPoliciesAsync(
            events, PolicyInput.ClusterNetworkPolicies, PolicyKind.ClusterNetworkPolicy, ClusterPolicyTranslator.Translate,
            cancellationToken);

    private Task FeedPoliciesAsync<TResource>(
        ChannelReader<ResourceEvent<TResource>> events, PolicyInput input, PolicyKind kind,
        Func<TResource, PolicySpec> translate, CancellationToken cancellationToken)
        where TResource : IKubernetesObject<V1ObjectMeta> => FeedAsync(
        events, input, translate,
        (policy, all) => policy.ReplacePolicies(kind, all),
        (policy, item) => policy.UpsertPolicy(item),
        (policy, item) => policy.RemovePolicy(item.Key), cancellationToken);

    private async Task FeedAsync<TResource, TModel>(
        ChannelReader<ResourceEvent<TResource>> events, PolicyInput input, Func<TResource, TModel> translate,
        Action<NodePolicy, IReadOnlyList<TModel>> replace, Action<NodePolicy, TModel> upsert,
        Action<NodePolicy, TModel> remove, CancellationToken cancellationToken)
        where TResource : IKubernetesObject<V1ObjectMeta>
    {
        await foreach (var change in events.ReadAllAsync(cancellationToken))
        {
            // Translated here, on the feed's own task: the loop only compares and notes.
            switch (change)
            {
                case ResourceEvent<TResource>.Replaced list:
                    TModel[] all = [.. list.Items.Select(translate)];
                    await loop.OnChangeAsync(
                        input, isFullList: true, policy => replace(policy, all), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Upserted { Item: var item }:
                    var model = translate(item);
                    await loop.OnChangeAsync(
                        input, isFullList: false, policy => upsert(policy, model), cancellationToken);
                    break;
                case ResourceEvent<TResource>.Deleted { Item: var gone }:
                    var last = translate(gone);
                    await loop.OnChangeAsync(
                        input, isFullList: false, policy => remove(policy, last), cancellationToken);
                    break;
            }
        }
    }
}
