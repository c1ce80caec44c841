namespace Routing.Policy.Model;

/// <summary>IP protocols by IANA number. Any other number is a value too: rules may name it, and it has no ports.</summary>
public enum TransportProtocol : byte
{
    /// <summary>ICMP for IPv4.</summary>
    Icmp = 1,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>ICMP for IPv6.</summary>
    IcmpV6 = 58,

    /// <summary>SCTP.</summary>
    Sctp = 132,

    /// <summary>UDP-Lite (RFC 3828).</summary>
    UdpLite = 136,
}
