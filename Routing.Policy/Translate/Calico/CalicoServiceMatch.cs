using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>A Service.</summary>
public sealed class CalicoServiceMatch
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>Its namespace; the policy's own when missing.</summary>
    [JsonPropertyName("namespace")]
    public string? Namespace { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
