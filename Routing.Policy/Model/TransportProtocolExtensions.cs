namespace Routing.Policy.Model;

/// <summary>What protocols have.</summary>
public static class TransportProtocolExtensions
{
    /// <summary>The protocols of container ports, which are those that Kubernetes' own kinds know.</summary>
    public static IReadOnlyList<TransportProtocol> OfContainers { get; } =
        [TransportProtocol.Tcp, TransportProtocol.Udp, TransportProtocol.Sctp];

    /// <summary>True when its packets carry a source and a destination port.</summary>
    public static bool HasPorts(this TransportProtocol protocol) => protocol
        is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp or TransportProtocol.UdpLite;

    /// <summary>True when its packets carry a type and a code.</summary>
    public static bool HasTypes(this TransportProtocol protocol) =>
        protocol is TransportProtocol.Icmp or TransportProtocol.IcmpV6;
}
