using System.Net.NetworkInformation;

namespace Routing.Agent.Netlink.Route;

/// <summary>A network interface (RTM_NEWLINK).</summary>
/// <param name="IfIndex">Interface index, unique in its namespace.</param>
/// <param name="Name">Interface name.</param>
/// <param name="Kind">IFLA_INFO_KIND: "veth", "vxlan", ...; null for the loopback and hardware.</param>
/// <param name="Mac">Hardware address; null where there is none.</param>
/// <param name="Mtu">In octets.</param>
/// <param name="IsUp">IFF_UP.</param>
/// <param name="PeerIfIndex">IFLA_LINK: a veth's other side, in its own namespace; null where there is none.</param>
/// <param name="Alias">IFLA_IFALIAS, or null.</param>
public sealed record Link(
    int IfIndex, string Name, string? Kind, PhysicalAddress? Mac, int Mtu, bool IsUp, int? PeerIfIndex, string? Alias)
{
    /// <summary>IFF_RUNNING: packets flow. A link that came up before its veth peer gets there a moment after the peer
    /// did, from a work queue of the kernel (linkwatch); until then what is sent is dropped.</summary>
    public bool IsRunning { get; init; }
}
