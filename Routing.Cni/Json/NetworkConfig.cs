using System.Text.Json.Serialization;

namespace Routing.Cni.Json;

/// <summary>The network configuration on stdin (CNI 1.1.0 §1 and §3), with the keys that are ours. Other keys are other
/// plugins' business.</summary>
internal sealed class NetworkConfig
{
    public string CniVersion { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Ours: where the agent listens.</summary>
    public string Socket { get; init; } = "/run/routing/cni.sock";

    /// <summary>Ours: MTU of the pod's interface; 0 leaves it to the agent.</summary>
    public uint Mtu { get; init; }

    /// <summary>Ours: how long to wait for the agent. kubelet gives a sandbox two minutes and tries again.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Goes into the result as it is.</summary>
    public DnsJson? Dns { get; init; }

    public bool IpMasq { get; init; }

    public IpamJson? Ipam { get; init; }

    public ResultJson? PrevResult { get; init; }

    /// <summary>GC's list.</summary>
    [JsonPropertyName("cni.dev/valid-attachments")]
    public IReadOnlyList<AttachmentIdJson>? ValidAttachments { get; init; }
}
