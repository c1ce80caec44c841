using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>What an attachment looks like in the kernel (DESIGN.md §7), as data: wiring makes it, CHECK compares with
/// it.</summary>
/// <param name="attachment">The attachment.</param>
/// <param name="kernelHasIPv6">False where the kernel was started without IPv6 and refuses to hear of it.</param>
/// <remarks><code>
/// node                                        | pod
/// rt1234567890ab  ee:ee:ee:ee:ee:ee  --- veth --- eth0  02:...
/// 10.1.0.7/32 dev rt..  proto 115             | 10.1.0.7/32, fd00::7/128
/// neighbour 10.1.0.7 = 02:... permanent       | default via 169.254.1.1 onlink, default via fe80::1
///                                             | neighbours of both = ee:ee:ee:ee:ee:ee permanent
/// </code>
/// Neither gateway address is configured anywhere: it only names the hardware address that the pod's frames go to, so
/// no ARP or neighbour discovery is ever sent, and nothing on the node has to answer any.</remarks>
internal sealed class WiringPlan(Attachment attachment, bool kernelHasIPv6 = true)
{
    /// <summary>The pod's IPv4 gateway, link-local (RFC 3927), the same in every pod.</summary>
    public static readonly IPAddress GatewayIPv4 = new([169, 254, 1, 1]);

    /// <summary>The pod's IPv6 gateway, link-local, the same in every pod.</summary>
    public static readonly IPAddress GatewayIPv6 = IPAddress.Parse("fe80::1");

    /// <summary>Hardware address of every host side: pods never share a link, so it need not differ.</summary>
    public static readonly PhysicalAddress HostMac = new([0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE]);

    private const int LoopbackIndex = 1;
    private const int MaxAlias = 255; // IFALIASZ - 1

    /// <summary>No link-local address on either side: it would be announced and defended, and the anti-spoofing rule
    /// drops what is sent from it. Null leaves the setting alone.</summary>
    private bool? GenerateLinkLocal => kernelHasIPv6 ? false : null;

    private static readonly IPNetwork AnyIPv4 = new(IPAddress.Any, 0);
    private static readonly IPNetwork AnyIPv6 = new(IPAddress.IPv6Any, 0);

    /// <summary>The pair. Down, so that nothing is sent before the settings are made.</summary>
    public VethSpec Veth(SafeFileHandle podNamespace) =>
        new(attachment.HostInterface, attachment.Key.IfName, podNamespace)
        {
            Mac = HostMac,
            PeerMac = attachment.ContainerMac,
            Mtu = attachment.Mtu > 0 ? attachment.Mtu : null,
        };

    /// <summary>Settings of the host's side.</summary>
    public IEnumerable<KeyValuePair<string, string>> HostSysctls()
    {
        var name = attachment.HostInterface;
        if (attachment.IPv4 is not null)
        {
            yield return new($"ipv4/conf/{name}/forwarding", "1");
            // Strict: the packet filter checks sources too, but this holds whatever becomes of the filter.
            yield return new($"ipv4/conf/{name}/rp_filter", "1");
            yield return new($"ipv4/conf/{name}/proxy_arp", "0");
        }

        if (attachment.IPv6 is not null)
        {
            yield return new($"ipv6/conf/{name}/disable_ipv6", "0");
            yield return new($"ipv6/conf/{name}/forwarding", "1");
            yield return new($"ipv6/conf/{name}/accept_ra", "0");
            yield return new($"ipv6/conf/{name}/accept_dad", "0");
            yield return new($"ipv6/conf/{name}/proxy_ndp", "0");
        }
    }

    /// <summary>Settings of the pod's side. Runtimes switch IPv6 off where the cluster has none; a pod with an IPv6
    /// address needs it.</summary>
    public IEnumerable<KeyValuePair<string, string>> PodSysctls()
    {
        if (attachment.IPv6 is not null)
        {
            var name = attachment.Key.IfName;
            yield return new($"ipv6/conf/{name}/disable_ipv6", "0");
            yield return new($"ipv6/conf/{name}/accept_ra", "0");
            yield return new($"ipv6/conf/{name}/accept_dad", "0");
        }
    }

    /// <summary>What is done on the node, in order.</summary>
    public IReadOnlyList<RouteChange> HostChanges(int ifIndex) =>
    [
        // Before the link is up, which is when the kernel would make a link-local address.
        new RouteChange.SetLink(ifIndex, new LinkChange { GenerateLinkLocal = GenerateLinkLocal, Alias = Alias() }),
        new RouteChange.SetLink(ifIndex, new LinkChange { Up = true }),
        .. HostNeighbours(ifIndex).Select(each => new RouteChange.PutNeighbour(each)),
        .. HostRoutes(ifIndex).Select(each => new RouteChange.PutRoute(each)),
    ];

    /// <summary>What is done in the pod, in order.</summary>
    public IReadOnlyList<RouteChange> PodChanges(int ifIndex) =>
    [
        new RouteChange.SetLink(LoopbackIndex, new LinkChange { Up = true }),
        .. kernelHasIPv6
            ? [new RouteChange.SetLink(ifIndex, new LinkChange { GenerateLinkLocal = GenerateLinkLocal })]
            : Array.Empty<RouteChange>(),
        new RouteChange.SetLink(ifIndex, new LinkChange { Up = true }),
        .. PodAddresses(ifIndex).Select(each => new RouteChange.AddAddress(each)),
        .. PodNeighbours(ifIndex).Select(each => new RouteChange.PutNeighbour(each)),
        .. PodRoutes(ifIndex).Select(each => new RouteChange.PutRoute(each)),
    ];

    /// <summary>The pod's addresses as routes to it.</summary>
    public IEnumerable<RouteEntry> HostRoutes(int ifIndex) => attachment.Addresses.Select(address =>
        new RouteEntry(HostNetwork(address), [new RouteNextHop(null, ifIndex)])
        { Protocol = RouteProtocol.RoutingPod });

    /// <summary>The pod's addresses as neighbours.</summary>
    public IEnumerable<Neighbour> HostNeighbours(int ifIndex) =>
        attachment.Addresses.Select(address => new Neighbour(ifIndex, address, attachment.ContainerMac!));

    /// <summary>The pod's addresses.</summary>
    public IEnumerable<InterfaceAddress> PodAddresses(int ifIndex) => attachment.Addresses.Select(address =>
        new InterfaceAddress(ifIndex, address, HostNetwork(address).PrefixLength));

    /// <summary>The gateways as neighbours.</summary>
    public IEnumerable<Neighbour> PodNeighbours(int ifIndex) =>
        Gateways().Select(gateway => new Neighbour(ifIndex, gateway, HostMac));

    /// <summary>The pod's default routes.</summary>
    public IEnumerable<RouteEntry> PodRoutes(int ifIndex) => Gateways().Select(gateway =>
        new RouteEntry(
            gateway.Equals(GatewayIPv4) ? AnyIPv4 : AnyIPv6,
            [new RouteNextHop(gateway, ifIndex, OnLink: gateway.Equals(GatewayIPv4))])
        { Protocol = RouteProtocol.RoutingPod });

    /// <summary>"namespace/pod container/interface": for people, and the proof that an interface without a record is
    /// ours, because its name is derived from the key.</summary>
    public string Alias()
    {
        var key = attachment.Key.ToString();
        var pod = attachment.Pod.ToString();
        var room = Math.Max(0, MaxAlias - key.Length - 1);
        return $"{(pod.Length > room ? pod[..room] : pod)} {key}";
    }

    /// <summary>Whether an interface's name follows from the key in its alias.</summary>
    public static bool IsProvenOurs(Link link)
    {
        var key = link.Alias?.Split(' ')[^1].Split('/');
        return key is [var container, var ifName]
            && new AttachmentKey(container, ifName).HostInterface() == link.Name;
    }

    private IEnumerable<IPAddress> Gateways()
    {
        if (attachment.IPv4 is not null)
        {
            yield return GatewayIPv4;
        }

        if (attachment.IPv6 is not null)
        {
            yield return GatewayIPv6;
        }
    }

    private static IPNetwork HostNetwork(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}
