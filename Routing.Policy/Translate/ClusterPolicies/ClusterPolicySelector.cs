using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A selector by labels. The first v1alpha1 had an object in its place, with sameLabels, notSameLabels and a selector in it:
/// who reads that as a selector reads the one of everybody.</summary>
public sealed record ClusterPolicySelector : V1LabelSelector
{
    /// <summary>Fields that a selector does not have.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
