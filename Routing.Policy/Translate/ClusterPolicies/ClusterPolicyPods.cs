using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Pods in namespaces; both are required, and an empty selector selects everything.</summary>
public sealed class ClusterPolicyPods
{
    /// <summary>Of the namespaces.</summary>
    [JsonPropertyName("namespaceSelector")]
    public V1LabelSelector? NamespaceSelector { get; set; }

    /// <summary>Of the pods there.</summary>
    [JsonPropertyName("podSelector")]
    public V1LabelSelector? PodSelector { get; set; }
}
