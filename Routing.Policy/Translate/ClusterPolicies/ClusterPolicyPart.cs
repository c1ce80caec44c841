using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A part of a <see cref="ClusterPolicyResource"/>.</summary>
public abstract class ClusterPolicyPart
{
    /// <summary>Fields that we do not know, of an earlier or a later version of the kind, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
