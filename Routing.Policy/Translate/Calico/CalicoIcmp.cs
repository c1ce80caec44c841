using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>Messages of ICMP or ICMPv6.</summary>
public sealed class CalicoIcmp
{
    /// <summary>0 to 254.</summary>
    [JsonPropertyName("type")]
    public int? Type { get; set; }

    /// <summary>0 to 255; needs a type.</summary>
    [JsonPropertyName("code")]
    public int? Code { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
