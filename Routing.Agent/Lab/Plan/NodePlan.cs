using System.Net;

namespace Routing.Agent.Lab.Plan;

/// <summary>A node of the lab: a namespace of the same name with an agent process in it.</summary>
public sealed record NodePlan
{
    /// <summary>From 1.</summary>
    public required int Index { get; init; }

    /// <summary>Name of the Node object and of the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The node's AS number.</summary>
    public required uint Asn { get; init; }

    /// <summary>IPv4 pod CIDR.</summary>
    public required IPNetwork PodCidrV4 { get; init; }

    /// <summary>IPv6 pod CIDR.</summary>
    public required IPNetwork PodCidrV6 { get; init; }

    /// <summary>The cable to the ToR.</summary>
    public required LinkPlan Uplink { get; init; }

    /// <summary>"latitude,longitude" for annotation routing.dev/location.</summary>
    public required string Location { get; init; }

    /// <summary>Both pod CIDRs.</summary>
    public IEnumerable<IPNetwork> PodCidrs => [PodCidrV4, PodCidrV6];

    /// <summary>Both addresses.</summary>
    public IEnumerable<IPAddress> Addresses => [Uplink.NodeV4, Uplink.NodeV6];
}
