using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>spec of a <see cref="ClusterPolicyResource"/>.</summary>
public sealed class ClusterPolicySpec : ClusterPolicyPart
{
    /// <summary>v1alpha2: Admin or Baseline.</summary>
    [JsonPropertyName("tier")]
    public string? Tier { get; set; }

    /// <summary>0 to 1000, smaller first; a baseline policy of v1alpha1 has none.</summary>
    [JsonPropertyName("priority")]
    public int? Priority { get; set; }

    /// <summary>The pods it is about.</summary>
    [JsonPropertyName("subject")]
    public ClusterPolicyPeer? Subject { get; set; }

    /// <summary>In order.</summary>
    [JsonPropertyName("ingress")]
    public IList<ClusterPolicyRule>? Ingress { get; set; }

    /// <summary>In order.</summary>
    [JsonPropertyName("egress")]
    public IList<ClusterPolicyRule>? Egress { get; set; }
}
