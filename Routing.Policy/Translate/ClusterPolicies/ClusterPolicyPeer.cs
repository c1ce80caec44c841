using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A peer or a subject: exactly one field. Subjects and sources are namespaces or pods.</summary>
public sealed class ClusterPolicyPeer
{
    /// <summary>All pods of these namespaces.</summary>
    [JsonPropertyName("namespaces")]
    public V1LabelSelector? Namespaces { get; set; }

    /// <summary>These pods in these namespaces.</summary>
    [JsonPropertyName("pods")]
    public ClusterPolicyPods? Pods { get; set; }

    /// <summary>These nodes' addresses.</summary>
    [JsonPropertyName("nodes")]
    public V1LabelSelector? Nodes { get; set; }

    /// <summary>Blocks of addresses.</summary>
    [JsonPropertyName("networks")]
    public IList<string>? Networks { get; set; }

    /// <summary>Names, with a wildcard as the first label.</summary>
    [JsonPropertyName("domainNames")]
    public IList<string>? DomainNames { get; set; }
}
