using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>spec of a HostEndpoint.</summary>
public sealed class HostEndpointSpec
{
    /// <summary>The node's name.</summary>
    [JsonPropertyName("node")]
    public string? Node { get; set; }

    /// <summary>"*" for all of its interfaces.</summary>
    [JsonPropertyName("interfaceName")]
    public string? InterfaceName { get; set; }

    /// <summary>Addresses.</summary>
    [JsonPropertyName("expectedIPs")]
    public IList<string>? ExpectedIps { get; set; }

    /// <summary>What holds for packets that no policy says anything about: nothing, or projectcalico-default-allow.</summary>
    [JsonPropertyName("profiles")]
    public IList<string>? Profiles { get; set; }

    /// <summary>Ports with names.</summary>
    [JsonPropertyName("ports")]
    public IList<HostEndpointPort>? Ports { get; set; }
}
