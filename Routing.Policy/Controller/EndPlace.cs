using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>Where an end of a flow is, as one node sees it.</summary>
public sealed record EndPlace
{
    /// <summary>The pod that policies can select; null for a node and for whoever else.</summary>
    public NamespacedName? Pod { get; init; }

    /// <summary>The node it is on, or that it is; empty when that is not known.</summary>
    public string Node { get; init; } = "";

    /// <summary>True when it is a node itself: its own address, or a pod in its network namespace.</summary>
    public bool IsNode { get; init; }

    /// <summary>The pod's interface on this node; null when there is none.</summary>
    public string? Interface { get; init; }

    /// <summary>The interface has its pod's rules; without them it is closed.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Addresses that packets carry.</summary>
    public ImmutableArray<Address> Addresses { get; init; } = [];
}
