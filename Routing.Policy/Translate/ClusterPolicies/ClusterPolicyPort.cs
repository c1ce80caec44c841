using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Ports of v1alpha2: exactly one field.</summary>
public sealed class ClusterPolicyPort : ClusterPolicyPart
{
    /// <summary>One port.</summary>
    [JsonPropertyName("number")]
    public int? Number { get; set; }

    /// <summary>From one to another.</summary>
    [JsonPropertyName("range")]
    public ClusterPolicyPortRange? Range { get; set; }
}
