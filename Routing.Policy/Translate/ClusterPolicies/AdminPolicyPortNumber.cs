using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>v1alpha1.</summary>
public sealed class AdminPolicyPortNumber : ClusterPolicyPart
{
    /// <summary>TCP (also when missing), UDP or SCTP.</summary>
    [JsonPropertyName("protocol")]
    public string? Protocol { get; set; }

    /// <summary>1 to 65535.</summary>
    [JsonPropertyName("port")]
    public int? Port { get; set; }
}
