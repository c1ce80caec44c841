using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Pods in namespaces; both are required, and an empty selector selects everything.</summary>
public sealed class ClusterPolicyPods : ClusterPolicyPart
{
    /// <summary>Of the namespaces.</summary>
    [JsonPropertyName("namespaceSelector")]
    public ClusterPolicySelector? NamespaceSelector { get; set; }

    /// <summary>Of the pods there.</summary>
    [JsonPropertyName("podSelector")]
    public ClusterPolicySelector? PodSelector { get; set; }
}
