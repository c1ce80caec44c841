using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>What of TCP, UDP or SCTP.</summary>
public sealed class ClusterPolicyTransport : ClusterPolicyPart
{
    /// <summary>Missing means every port.</summary>
    [JsonPropertyName("destinationPort")]
    public ClusterPolicyPort? DestinationPort { get; set; }
}
