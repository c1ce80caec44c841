namespace Routing.Policy.Model;

/// <summary>A protocol and what of it a rule names: ports, or types of message.</summary>
/// <param name="Protocol">Always given: Kubernetes defaults it to TCP.</param>
public abstract record PortSpec(TransportProtocol Protocol)
{
    /// <summary>Ports by number; the whole range is "all of the protocol", and the only one for a protocol without
    /// ports.</summary>
    public sealed record Numbers(TransportProtocol Protocol, ushort Low, ushort High) : PortSpec(Protocol)
    {
        /// <summary>All of a protocol.</summary>
        public static Numbers All(TransportProtocol protocol) => new(protocol, 0, ushort.MaxValue);
    }

    /// <summary>A container port's name: each pod says which number it is there.</summary>
    public sealed record Named(TransportProtocol Protocol, string Name) : PortSpec(Protocol);

    /// <summary>Messages of ICMP or ICMPv6.</summary>
    /// <param name="Protocol">Which of the two.</param>
    /// <param name="Type">Null for every type.</param>
    /// <param name="Code">Null for every code of the type.</param>
    public sealed record Icmp(TransportProtocol Protocol, byte? Type, byte? Code) : PortSpec(Protocol);
}
