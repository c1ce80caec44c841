using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>What Calico's API server writes down of an object's metadata, as far as policy looks at it.</summary>
internal sealed class CalicoStoredMetadata
{
    /// <summary>labels.</summary>
    [JsonPropertyName("labels")]
    public Dictionary<string, string?>? Labels { get; set; }
}
