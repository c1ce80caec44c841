using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>One rule.</summary>
public sealed class CalicoRule
{
    /// <summary>Allow, Deny, Log or Pass.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; set; }

    /// <summary>4 or 6.</summary>
    [JsonPropertyName("ipVersion")]
    public int? IpVersion { get; set; }

    /// <summary>A name or an IANA number.</summary>
    [JsonPropertyName("protocol")]
    public NumberOrText? Protocol { get; set; }

    /// <summary>Any other.</summary>
    [JsonPropertyName("notProtocol")]
    public NumberOrText? NotProtocol { get; set; }

    /// <summary>Messages.</summary>
    [JsonPropertyName("icmp")]
    public CalicoIcmp? Icmp { get; set; }

    /// <summary>Any other messages.</summary>
    [JsonPropertyName("notICMP")]
    public CalicoIcmp? NotIcmp { get; set; }

    /// <summary>Who sends.</summary>
    [JsonPropertyName("source")]
    public CalicoEntityRule? Source { get; set; }

    /// <summary>To whom.</summary>
    [JsonPropertyName("destination")]
    public CalicoEntityRule? Destination { get; set; }

    /// <summary>Requests; not supported.</summary>
    [JsonPropertyName("http")]
    public JsonElement? Http { get; set; }

    /// <summary>Annotations; mean nothing.</summary>
    [JsonPropertyName("metadata")]
    public JsonElement? Metadata { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
