using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>A namespace in the <see cref="SelectorIndex"/>: known by itself or by what is in it. One without a name holds what
/// is in none.</summary>
internal sealed class NamespaceRecord(string name)
{
    public string Name { get; } = name;

    /// <summary>Its labels; null as long as only pods have named it.</summary>
    public NamespaceView? View { get; set; }

    /// <summary>The pods in it.</summary>
    public SmallSet<PodRecord> Pods { get; } = [];

    /// <summary>The network sets and host endpoints in it.</summary>
    public SmallSet<NetRecord> Nets { get; } = [];

    /// <summary>Its service accounts, by name.</summary>
    public Dictionary<string, ServiceAccountView> Accounts { get; } = new(StringComparer.Ordinal);

    /// <summary>The scopes that it is in.</summary>
    public SmallSet<ScopeRecord> Scopes { get; } = [];

    /// <summary>True when nothing tells of it any more.</summary>
    public bool IsUnused => View is null && Pods.Count == 0 && Nets.Count == 0 && Accounts.Count == 0;

    /// <summary>What selectors see of a pod in it.</summary>
    public EndpointLabels Seen(PodView pod) =>
        EndpointLabels.Of(pod, View, Accounts.GetValueOrDefault(pod.ServiceAccount));
}
