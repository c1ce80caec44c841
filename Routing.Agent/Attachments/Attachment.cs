using System.Net;
using System.Net.NetworkInformation;
using Routing.Policy.Model;

namespace Routing.Agent.Attachments;

/// <summary>One interface of one container on this node: what IPAM, wiring and policy work on. A CNI request is
/// translated into it; another front (DESIGN.md §10) would make its own.</summary>
public sealed record Attachment
{
    /// <summary>Container and interface, the identity that CNI gives (CNI 1.1.0 §2).</summary>
    public required AttachmentKey Key { get; init; }

    /// <summary>The pod, from CNI_ARGS.</summary>
    public required NamespacedName Pod { get; init; }

    /// <summary>The pod's UID; a pod of the same name with another UID is another pod. Empty when the runtime gave
    /// none.</summary>
    public required string PodUid { get; init; }

    /// <summary>Path of the container's network namespace.</summary>
    public required string NetnsPath { get; init; }

    /// <summary>Name of the host's side, derived from the key (see
    /// <see cref="AttachmentKey.HostInterface"/>).</summary>
    public required string HostInterface { get; init; }

    /// <summary>The pod's IPv4 address; null on a node without an IPv4 pod CIDR.</summary>
    public IPAddress? IPv4 { get; init; }

    /// <summary>The pod's IPv6 address; null on a node without an IPv6 pod CIDR.</summary>
    public IPAddress? IPv6 { get; init; }

    /// <summary>Hardware address of the container's side.</summary>
    public PhysicalAddress? ContainerMac { get; init; }

    /// <summary>Name of the network configuration that asked for it; a garbage collection is of one network.</summary>
    public string Network { get; init; } = "";

    /// <summary>MTU of both sides in octets; 0 for the kernel's default.</summary>
    public int Mtu { get; init; }

    /// <summary>The addresses that are set.</summary>
    public IEnumerable<IPAddress> Addresses => new[] { IPv4, IPv6 }.OfType<IPAddress>();
}
