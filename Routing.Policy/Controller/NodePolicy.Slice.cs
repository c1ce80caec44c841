using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <content>What decides the flows of some addresses.</content>
public sealed partial class NodePolicy
{
    /// <summary>Who has these addresses, the policies that are about them and about host endpoints on their way, and what these look
    /// at.</summary>
    public ClusterSlice SliceOf(IReadOnlySet<Address> addresses)
    {
        var pods = addresses.Select(_index.Owner).OfType<PodRecord>().Distinct().ToList();
        return new ClusterSlice
        {
            Pods = [.. pods.Select(pod => pod.View)],
            Namespaces =
            [
                .. pods.Select(pod => pod.View.Name).Concat(_networkSets.Keys).Select(name => name.Namespace).Distinct()
                    .Select(_index.FindNamespace).OfType<NamespaceView>(),
            ],
            Nodes =
            [
                .. _nodes.OwnersOf(addresses).Concat(_nodes.All.Where(node =>
                    _hostEndpoints.Count > 0 && pods.Exists(pod => pod.View.NodeName == node.Name))).Distinct(),
            ],
            Policies =
            [
                .. pods.Select(pod => pod.Selections)
                    .Concat(_hostEndpoints.Keys.Select(name => FindHost(name).Selections))
                    .SelectMany(_policies.About).Distinct(ReferenceEqualityComparer.Instance).Cast<PolicySpec>(),
            ],
            NetworkSets = [.. _networkSets.Values],
            HostEndpoints = [.. _hostEndpoints.Values],
            ServiceAccounts =
            [
                .. pods.Select(pod => new NamespacedName(pod.View.Name.Namespace, pod.View.ServiceAccount)).Distinct()
                    .Where(_accounts.ContainsKey).Select(name => _accounts[name]),
            ],
            ServiceSlices = [.. _services.All],
            Domains = _domains.All,
        };
    }
}
