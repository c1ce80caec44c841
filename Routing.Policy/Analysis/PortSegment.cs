using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Policy.Analysis;

/// <summary>Ports (or messages, or whole protocols) that no rule tells apart: what holds for the first holds for all.</summary>
/// <param name="Protocol">Their protocol; null for every protocol that no rule names.</param>
/// <param name="Low">First port; 0 for a protocol without ports.</param>
/// <param name="High">Last port.</param>
public sealed record PortSegment(TransportProtocol? Protocol, ushort Low, ushort High)
{
    /// <summary>A protocol number for experiments (RFC 3692), which stands for all that no rule names.</summary>
    internal const TransportProtocol Other = (TransportProtocol)253;

    /// <summary>Of ICMP: the type, 255 for those that no rule names.</summary>
    public byte IcmpType { get; init; }

    /// <summary>Of ICMP: the code, 255 for those that no rule names.</summary>
    public byte IcmpCode { get; init; }

    /// <summary>A flow of the segment between these ends.</summary>
    public Flow Flow(FlowEnd from, FlowEnd to) =>
        new(from, to, Protocol ?? Other, Low) { IcmpType = IcmpType, IcmpCode = IcmpCode };
}
