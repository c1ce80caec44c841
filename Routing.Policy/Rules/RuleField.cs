namespace Routing.Policy.Rules;

/// <summary>A part of a packet, or of its way through the host, that sets and maps are keyed by.</summary>
public enum RuleField
{
    /// <summary>Source address.</summary>
    SourceAddress,

    /// <summary>Destination address.</summary>
    DestinationAddress,

    /// <summary>Transport protocol number.</summary>
    Protocol,

    /// <summary>Destination port of TCP, UDP or SCTP.</summary>
    DestinationPort,

    /// <summary>Source port of TCP, UDP or SCTP.</summary>
    SourcePort,

    /// <summary>Type and code of ICMP or ICMPv6, as one number of 16 bits.</summary>
    IcmpMessage,

    /// <summary>Name of the interface a packet came in by.</summary>
    InputInterface,

    /// <summary>Name of the interface a packet leaves by.</summary>
    OutputInterface,
}
