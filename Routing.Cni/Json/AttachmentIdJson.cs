using System.Text.Json.Serialization;
using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>A member of cni.dev/valid-attachments.</summary>
internal sealed class AttachmentIdJson
{
    [JsonPropertyName("containerID")]
    public string ContainerId { get; set; } = "";

    [JsonPropertyName("ifname")]
    public string IfName { get; set; } = "";

    public AttachmentId ToMessage() => new() { ContainerId = ContainerId, IfName = IfName };
}
