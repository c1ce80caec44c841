using System.Buffers;

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

    /// <summary>True when what no policy says anything about is allowed (Calico's profile projectcalico-default-allow), false
    /// when it is denied.</summary>
    public bool IsOpen { get; init; }

    /// <summary>True for one that means every interface of its node that no other one means.</summary>
    public bool IsOfAll => InterfaceName == AllInterfaces;

    /// <summary>Stands for all interfaces.</summary>
    public const string AllInterfaces = "*";

    /// <summary>The most characters of an interface's name: IFNAMSIZ with its final zero is 16.</summary>
    public const int InterfaceNameLimit = 15;

    private static readonly SearchValues<char> InterfaceNameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-");

    /// <summary>True for a name that an interface of a host may have here: the kernel takes others, too, but firewalls read some
    /// characters as patterns or as the end of a name.</summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= InterfaceNameLimit && !name.AsSpan().ContainsAnyExcept(InterfaceNameCharacters);

    /// <summary>Which of several is meant where they mean the same: the one whose name comes first.</summary>
    public static HostEndpointView? First(IEnumerable<HostEndpointView> endpoints) =>
        endpoints.MinBy(endpoint => endpoint.Name, StringComparer.Ordinal);
}
