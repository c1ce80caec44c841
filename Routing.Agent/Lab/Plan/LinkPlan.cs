using System.Net;

namespace Routing.Agent.Lab.Plan;

/// <summary>The cable between a node and the ToR: a /30 and a /126 of its own, as racks have them.</summary>
public sealed record LinkPlan
{
    /// <summary>Bits of the IPv4 subnet.</summary>
    public const int PrefixLengthV4 = 30;

    /// <summary>Bits of the IPv6 subnet.</summary>
    public const int PrefixLengthV6 = 126;

    /// <summary>The node's side.</summary>
    public required string NodeInterface { get; init; }

    /// <summary>The ToR's side.</summary>
    public required string TorInterface { get; init; }

    /// <summary>The node's IPv4 address, also its InternalIP.</summary>
    public required IPAddress NodeV4 { get; init; }

    /// <summary>The node's IPv6 address, also its InternalIP.</summary>
    public required IPAddress NodeV6 { get; init; }

    /// <summary>The ToR's IPv4 address.</summary>
    public required IPAddress TorV4 { get; init; }

    /// <summary>The ToR's IPv6 address.</summary>
    public required IPAddress TorV6 { get; init; }
}
