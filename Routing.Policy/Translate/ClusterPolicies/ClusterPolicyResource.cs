using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>An object of policy.networking.k8s.io as it travels. The kinds of v1alpha1 and v1alpha2 have one shape but for a few
/// fields; the translator refuses those that the kind does not have.</summary>
public abstract class ClusterPolicyResource : CustomResource<ClusterPolicySpec>
{
    /// <summary>The API group.</summary>
    public const string Group = "policy.networking.k8s.io";

    /// <summary>What implementations say of it; no part of what it means.</summary>
    [JsonPropertyName("status")]
    public ClusterPolicyStatus? Status { get; set; }
}
