namespace Routing.Policy.Model;

/// <summary>The protocols with ports that NetworkPolicy knows, by IANA number.</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}
