using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A port of v1alpha1: exactly one field.</summary>
public sealed class AdminPolicyPort : ClusterPolicyPart
{
    /// <summary>By number.</summary>
    [JsonPropertyName("portNumber")]
    public AdminPolicyPortNumber? PortNumber { get; set; }

    /// <summary>By the name of a container port, whatever its protocol.</summary>
    [JsonPropertyName("namedPort")]
    public string? NamedPort { get; set; }

    /// <summary>From one to another.</summary>
    [JsonPropertyName("portRange")]
    public AdminPolicyPortRange? PortRange { get; set; }
}
