using System.Collections.Immutable;
using System.Net;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Who sends or receives probes.</summary>
internal sealed record ProbeEndpoint
{
    /// <summary>For people, and what its servers answer: "shop/cart", "node-1", "tor".</summary>
    public required string Name { get; init; }

    /// <summary>Its `ip netns` name.</summary>
    public required string NamespaceName { get; init; }

    /// <summary>Set for a pod.</summary>
    public NamespacedName? Pod { get; init; }

    /// <summary>Its addresses, one of a family.</summary>
    public required ImmutableArray<IPAddress> Addresses { get; init; }

    /// <summary>What listens there.</summary>
    public ImmutableArray<ServerPort> Ports { get; init; } = [];
}
