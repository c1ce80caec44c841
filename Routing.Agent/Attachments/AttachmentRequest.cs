using Routing.Policy.Model;

namespace Routing.Agent.Attachments;

/// <summary>What a front (CNI today) asks for; the service adds addresses and names.</summary>
/// <param name="Key">Container and interface.</param>
/// <param name="Pod">The pod.</param>
/// <param name="PodUid">Its UID, or empty.</param>
/// <param name="NetnsPath">Path of the container's network namespace.</param>
/// <param name="Network">Name of the network configuration.</param>
/// <param name="Mtu">In octets; 0 for the agent's.</param>
public sealed record AttachmentRequest(
    AttachmentKey Key, NamespacedName Pod, string PodUid, string NetnsPath, string Network, int Mtu);
