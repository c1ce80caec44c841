using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A peer or a subject: exactly one field. Subjects and sources are namespaces or pods.</summary>
public sealed class ClusterPolicyPeer : ClusterPolicyPart
{
    /// <summary>All pods of these namespaces.</summary>
    [JsonPropertyName("namespaces")]
    public ClusterPolicySelector? Namespaces { get; set; }

    /// <summary>These pods in these namespaces.</summary>
    [JsonPropertyName("pods")]
    public ClusterPolicyPods? Pods { get; set; }

    /// <summary>These nodes' addresses.</summary>
    [JsonPropertyName("nodes")]
    public ClusterPolicySelector? Nodes { get; set; }

    /// <summary>Blocks of addresses.</summary>
    [JsonPropertyName("networks")]
    public IList<string>? Networks { get; set; }

    /// <summary>Names, with a wildcard as the first label.</summary>
    [JsonPropertyName("domainNames")]
    public IList<string>? DomainNames { get; set; }
}
