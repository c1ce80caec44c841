using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>A protocol of v1alpha2, and what of it: exactly one field.</summary>
public sealed class ClusterPolicyProtocol : ClusterPolicyPart
{
    /// <summary>TCP.</summary>
    [JsonPropertyName("tcp")]
    public ClusterPolicyTransport? Tcp { get; set; }

    /// <summary>UDP.</summary>
    [JsonPropertyName("udp")]
    public ClusterPolicyTransport? Udp { get; set; }

    /// <summary>SCTP.</summary>
    [JsonPropertyName("sctp")]
    public ClusterPolicyTransport? Sctp { get; set; }

    /// <summary>The name of a container port, whatever its protocol.</summary>
    [JsonPropertyName("destinationNamedPort")]
    public string? DestinationNamedPort { get; set; }
}
