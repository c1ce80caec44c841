using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>From one port to another, greater one.</summary>
public sealed class ClusterPolicyPortRange : ClusterPolicyPart
{
    /// <summary>First port.</summary>
    [JsonPropertyName("start")]
    public int? Start { get; set; }

    /// <summary>Last port.</summary>
    [JsonPropertyName("end")]
    public int? End { get; set; }
}
