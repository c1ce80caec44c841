using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <content>Objects as they were told last; null for those that are not there.</content>
public sealed partial class NodePolicy
{
    /// <summary>A policy.</summary>
    public PolicySpec? FindPolicy(PolicyKey key) => _policies.Specs.GetValueOrDefault(key);

    /// <summary>A pod.</summary>
    public PodView? FindPod(NamespacedName name) => _pods.GetValueOrDefault(name);

    /// <summary>A namespace.</summary>
    public NamespaceView? FindNamespace(string name) => _index.FindNamespace(name);

    /// <summary>A node.</summary>
    public NodeView? FindNode(string name) => _nodes.Find(name);

    /// <summary>A tier that an object speaks of.</summary>
    public Tier? FindTier(string name) => _tiers.GetValueOrDefault(name);

    /// <summary>A network set.</summary>
    public NetworkSetView? FindNetworkSet(NamespacedName name) => _networkSets.GetValueOrDefault(name);

    /// <summary>A host endpoint.</summary>
    public HostEndpointView? FindHostEndpoint(string name) => _hostEndpoints.GetValueOrDefault(name);

    /// <summary>A service account.</summary>
    public ServiceAccountView? FindServiceAccount(NamespacedName name) => _accounts.GetValueOrDefault(name);

    /// <summary>A slice of a Service's endpoints.</summary>
    public ServiceSliceView? FindServiceSlice(NamespacedName name) => _services.Find(name);
}
