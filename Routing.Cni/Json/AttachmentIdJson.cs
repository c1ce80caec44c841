using System.Text.Json.Serialization;
using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>A member of cni.dev/valid-attachments.</summary>
internal sealed class AttachmentIdJson
{
    [JsonPropertyName("containerID")]
    public string ContainerId { get; init; } = "";

    [JsonPropertyName("ifname")]
    public string IfName { get; init; } = "";

    public AttachmentId ToMessage() => new() { ContainerId = ContainerId, IfName = IfName };
}
