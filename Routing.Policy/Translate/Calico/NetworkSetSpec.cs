using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>spec of a NetworkSet or GlobalNetworkSet.</summary>
public sealed class NetworkSetSpec
{
    /// <summary>Blocks and addresses.</summary>
    [JsonPropertyName("nets")]
    public IList<string>? Nets { get; set; }
}
