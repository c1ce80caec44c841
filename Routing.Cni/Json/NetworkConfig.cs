using System.Text.Json.Serialization;

namespace Routing.Cni.Json;

/// <summary>The network configuration on stdin (CNI 1.1.0 §1 and §3), with the keys that are ours. Other keys are other
/// plugins' business.</summary>
internal sealed class NetworkConfig
{
    public string CniVersion { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Ours: where the agent listens.</summary>
    public string Socket { get; set; } = "/run/routing/cni.sock";

    /// <summary>Ours: MTU of the pod's interface; 0 leaves it to the agent.</summary>
    public uint Mtu { get; set; }

    /// <summary>Ours: how long to wait for the agent. kubelet gives a sandbox two minutes and tries again.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>Goes into the result as it is.</summary>
    public DnsJson? Dns { get; set; }

    public bool IpMasq { get; set; }

    public IpamJson? Ipam { get; set; }

    public ResultJson? PrevResult { get; set; }

    /// <summary>GC's list.</summary>
    [JsonPropertyName("cni.dev/valid-attachments")]
    public IReadOnlyList<AttachmentIdJson>? ValidAttachments { get; set; }
}
