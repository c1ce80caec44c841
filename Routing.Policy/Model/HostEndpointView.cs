namespace Routing.Policy.Model;

/// <summary>Calico's HostEndpoint: an interface of a node, or all of them.</summary>
public sealed record HostEndpointView
{
    /// <summary>Identity.</summary>
    public required string Name { get; init; }

    /// <summary>The node.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The interface; "*" for all of the node's, empty to find it by the addresses.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>Its labels.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    /// <summary>The addresses expected there: what selectors that pick it as a peer mean.</summary>
    public EquatableArray<Address> Addresses { get; init; }

    /// <summary>Its ports that have names.</summary>
    public EquatableArray<NamedPort> NamedPorts { get; init; }
}
