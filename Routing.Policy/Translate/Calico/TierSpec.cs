using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>spec of a Tier.</summary>
public sealed class TierSpec
{
    /// <summary>Smaller is asked first; last when missing.</summary>
    [JsonPropertyName("order")]
    public double? Order { get; set; }

    /// <summary>Deny or Pass: what becomes of flows that no rule of the tier matches.</summary>
    [JsonPropertyName("defaultAction")]
    public string? DefaultAction { get; set; }
}
