namespace Routing.Policy.Model;

/// <summary>Ports that no policy of a host endpoint closes, so that nobody locks himself, or the agent, out.</summary>
public sealed record FailsafePorts
{
    /// <summary>Calico's defaults: ssh, DHCP, BGP, etcd, Typha and the API server inwards; DNS, DHCP and the same but ssh
    /// outwards. And BFD (RFC 5881, RFC 5883), whose packets never are answers, so that no BGP session ends for the lack of
    /// it.</summary>
    public static FailsafePorts Default { get; } = new()
    {
        Inbound =
        [
            Tcp(22), Udp(68), Tcp(179), Tcp(2379), Tcp(2380), Tcp(5473), Tcp(6443), Tcp(6666), Tcp(6667), Udp(3784), Udp(4784),
        ],
        Outbound =
        [
            Udp(53), Udp(67), Tcp(179), Tcp(2379), Tcp(2380), Tcp(5473), Tcp(6443), Tcp(6666), Tcp(6667), Udp(3784), Udp(4784),
        ],
    };

    /// <summary>Of this host.</summary>
    public EquatableArray<PortSpec.Numbers> Inbound { get; init; }

    /// <summary>Of others.</summary>
    public EquatableArray<PortSpec.Numbers> Outbound { get; init; }

    /// <summary>Those of a direction.</summary>
    public EquatableArray<PortSpec.Numbers> Of(Direction direction) => direction == Direction.Ingress ? Inbound : Outbound;

    private static PortSpec.Numbers Tcp(ushort port) => new(TransportProtocol.Tcp, port, port);

    private static PortSpec.Numbers Udp(ushort port) => new(TransportProtocol.Udp, port, port);
}
