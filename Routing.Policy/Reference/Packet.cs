using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>A packet on its way through a host, for the <see cref="RulesetSimulator"/>.</summary>
/// <param name="InputInterface">Where it comes in; null when a process of the host sends it.</param>
/// <param name="OutputInterface">Where routing sends it; null when it is for the host itself.</param>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address, of the same IP version.</param>
/// <param name="Protocol">Transport protocol.</param>
/// <param name="Port">Destination port.</param>
/// <param name="Established">True when connection tracking knows it.</param>
public sealed record Packet(
    string? InputInterface,
    string? OutputInterface,
    Address Source,
    Address Destination,
    TransportProtocol Protocol,
    ushort Port,
    bool Established = false)
{
    /// <summary>Source port.</summary>
    public ushort SourcePort { get; init; } = Protocol.HasPorts() ? Flow.EphemeralPort : (ushort)0;

    /// <summary>Of TCP: it goes on with a connection, whether connection tracking knows that or not; else it begins one.</summary>
    public bool Resumes { get; init; }

    /// <summary>Where it was sent to, before somebody translated its destination; null where nobody does.</summary>
    public (Address Destination, ushort Port)? Untranslated { get; init; }

    /// <summary>Of ICMP and ICMPv6: the type of the message.</summary>
    public byte IcmpType { get; init; }

    /// <summary>Of ICMP and ICMPv6: its code.</summary>
    public byte IcmpCode { get; init; }
}
