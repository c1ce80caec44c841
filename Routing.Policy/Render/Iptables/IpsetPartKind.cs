namespace Routing.Policy.Render.Iptables;

/// <summary>Kinds of <see cref="IpsetPart"/>.</summary>
public enum IpsetPartKind
{
    /// <summary>An ipset of the whole key, element by element.</summary>
    Main,

    /// <summary>TCP ports, whatever the address.</summary>
    TcpPorts,

    /// <summary>UDP ports, whatever the address.</summary>
    UdpPorts,

    /// <summary>A range of ports in the rule itself, and an ipset of the addresses where the key has some.</summary>
    Range,
}
