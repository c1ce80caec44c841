using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>One direction of a connection, as connection tracking names it.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address, of the same IP version.</param>
/// <param name="Protocol">IANA number.</param>
/// <param name="SourcePort">Of protocols with ports; the identifier of ICMP's queries.</param>
/// <param name="DestinationPort">Of protocols with ports, else 0.</param>
/// <param name="IcmpType">Of ICMP and ICMPv6, else 0.</param>
/// <param name="IcmpCode">Of ICMP and ICMPv6, else 0.</param>
public readonly record struct ConntrackTuple(
    Address Source, Address Destination, byte Protocol, ushort SourcePort, ushort DestinationPort,
    byte IcmpType = 0, byte IcmpCode = 0)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source}:{SourcePort} > {Destination}:{DestinationPort} protocol {Protocol}";
}
