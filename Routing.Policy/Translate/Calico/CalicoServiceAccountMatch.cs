using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>Service accounts; all that is said holds.</summary>
public sealed class CalicoServiceAccountMatch
{
    /// <summary>Alternatives.</summary>
    [JsonPropertyName("names")]
    public IList<string>? Names { get; set; }

    /// <summary>By labels.</summary>
    [JsonPropertyName("selector")]
    public string? Selector { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
