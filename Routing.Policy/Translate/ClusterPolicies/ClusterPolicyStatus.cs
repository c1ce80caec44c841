using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>status of a <see cref="ClusterPolicyResource"/>: a list with one condition of each type.</summary>
public sealed class ClusterPolicyStatus
{
    /// <summary>Several implementations may have written some.</summary>
    [JsonPropertyName("conditions")]
    public IList<V1Condition>? Conditions { get; set; }
}
