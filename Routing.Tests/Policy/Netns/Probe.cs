using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy.Netns;

/// <summary>One packet to send and to look for.</summary>
internal readonly record struct Probe(Address From, Address To, TransportProtocol Protocol, ushort Port)
{
    /// <summary>True for a source port below 1024; only <see cref="OnewayNetwork"/> knows such.</summary>
    public bool IsFromLowPort { get; init; }

    /// <summary>Of ICMP and ICMPv6.</summary>
    public byte IcmpType { get; init; }

    /// <summary>Of ICMP and ICMPv6.</summary>
    public byte IcmpCode { get; init; }

    /// <summary>What the policies are asked.</summary>
    public Flow ToFlow() => new(new FlowEnd.Address(From), new FlowEnd.Address(To), Protocol, Port)
    {
        SourcePort = !Protocol.HasPorts() ? (ushort)0 : IsFromLowPort ? (ushort)600 : Flow.EphemeralPort,
        IcmpType = IcmpType,
        IcmpCode = IcmpCode,
    };
}
