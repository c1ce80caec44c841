using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>The beginning of a connection, or a datagram.</summary>
/// <param name="From">Who sends it.</param>
/// <param name="To">To whom; with a Service, the pod behind it (policy sees packets after translation).</param>
/// <param name="Protocol">Its protocol.</param>
/// <param name="Port">The destination's port; 0 for a protocol without ports.</param>
public sealed record Flow(FlowEnd From, FlowEnd To, TransportProtocol Protocol, ushort Port)
{
    /// <summary>The first of the ports that systems choose for themselves (RFC 6335 §6).</summary>
    public const ushort EphemeralPort = 49152;

    /// <summary>The source's port; 0 for a protocol without ports.</summary>
    public ushort SourcePort { get; init; } = Protocol.HasPorts() ? EphemeralPort : (ushort)0;

    /// <summary>Of ICMP and ICMPv6: the type of the message.</summary>
    public byte IcmpType { get; init; }

    /// <summary>Of ICMP and ICMPv6: its code.</summary>
    public byte IcmpCode { get; init; }
}
