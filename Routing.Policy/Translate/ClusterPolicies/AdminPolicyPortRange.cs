using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>v1alpha1.</summary>
public sealed class AdminPolicyPortRange : ClusterPolicyPart
{
    /// <summary>TCP (also when missing), UDP or SCTP.</summary>
    [JsonPropertyName("protocol")]
    public string? Protocol { get; set; }

    /// <summary>First port.</summary>
    [JsonPropertyName("start")]
    public int? Start { get; set; }

    /// <summary>Last port.</summary>
    [JsonPropertyName("end")]
    public int? End { get; set; }
}
