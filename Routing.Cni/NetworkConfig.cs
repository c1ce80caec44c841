using Routing.Cni.Protocol;

namespace Routing.Cni;

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
    public uint TimeoutSeconds { get; set; } = 30;

    /// <summary>JSON that goes into the result octet for octet; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Dns { get; set; }

    /// <summary>Another plugin's wish that we refuse.</summary>
    public bool IpMasq { get; set; }

    /// <summary>Another plugin's name that we refuse; empty when there is none.</summary>
    public string IpamType { get; set; } = "";

    public Result? PreviousResult { get; set; }

    /// <summary>GC's list, cni.dev/valid-attachments.</summary>
    public IReadOnlyList<AttachmentId>? ValidAttachments { get; set; }
}
