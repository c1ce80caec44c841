using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>A cluster's pods, found by who selects them: only pods of namespaces in the selection's scope are asked.</summary>
internal sealed class PodsByNamespace
{
    private readonly ClusterView _cluster;
    private readonly ILookup<string, PodView> _pods;

    public PodsByNamespace(ClusterView cluster)
    {
        _cluster = cluster;
        _pods = cluster.Pods.Values.Where(pod => pod.IsSelectable).ToLookup(pod => pod.Name.Namespace);
    }

    /// <summary>The pods of a selection.</summary>
    public IEnumerable<PodView> Of(PodSelection selection) =>
        from home in _pods
        let view = _cluster.Namespaces.GetValueOrDefault(home.Key)
        where selection.Scope.Matches(home.Key, view)
        from pod in home
        where selection.Matches(pod, view, _cluster.ServiceAccounts.GetValueOrDefault(new NamespacedName(home.Key, pod.ServiceAccount)))
        select pod;
}
