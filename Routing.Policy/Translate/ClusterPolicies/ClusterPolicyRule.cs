using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A rule of either direction.</summary>
public sealed class ClusterPolicyRule : ClusterPolicyPart
{
    /// <summary>For people.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>Accept (v1alpha1: Allow), Deny or Pass.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; set; }

    /// <summary>Sources of an ingress rule.</summary>
    [JsonPropertyName("from")]
    public IList<ClusterPolicyPeer>? From { get; set; }

    /// <summary>Destinations of an egress rule.</summary>
    [JsonPropertyName("to")]
    public IList<ClusterPolicyPeer>? To { get; set; }

    /// <summary>v1alpha1; missing means every port.</summary>
    [JsonPropertyName("ports")]
    public IList<AdminPolicyPort>? Ports { get; set; }

    /// <summary>v1alpha2; missing means every protocol.</summary>
    [JsonPropertyName("protocols")]
    public IList<ClusterPolicyProtocol>? Protocols { get; set; }
}
