using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>A port with a name.</summary>
public sealed class HostEndpointPort
{
    /// <summary>What rules call it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>A name or an IANA number.</summary>
    [JsonPropertyName("protocol")]
    public NumberOrText? Protocol { get; set; }

    /// <summary>1 to 65535.</summary>
    [JsonPropertyName("port")]
    public int? Port { get; set; }
}
