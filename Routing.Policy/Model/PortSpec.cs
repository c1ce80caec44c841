namespace Routing.Policy.Model;

/// <summary>A destination port that a rule names.</summary>
/// <param name="Protocol">Always given: Kubernetes defaults it to TCP.</param>
public abstract record PortSpec(TransportProtocol Protocol)
{
    /// <summary>Ports by number; the whole range is "every port of the protocol".</summary>
    public sealed record Numbers(TransportProtocol Protocol, ushort Low, ushort High) : PortSpec(Protocol)
    {
        /// <summary>Every port of a protocol.</summary>
        public static Numbers All(TransportProtocol protocol) => new(protocol, 0, ushort.MaxValue);
    }

    /// <summary>A container port's name: each destination pod says which number it is there.</summary>
    public sealed record Named(TransportProtocol Protocol, string Name) : PortSpec(Protocol);
}
