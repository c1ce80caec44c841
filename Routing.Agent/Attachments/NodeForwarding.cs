using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>Lets the node forward packets, which pods' own settings cannot: IPv4 asks the interface a packet came in
/// by, the uplink too, and IPv6 asks one switch for all.</summary>
internal static class NodeForwarding
{
    private const string IPv4 = "ipv4/ip_forward";
    private const string IPv6 = "ipv6/conf/all/forwarding";

    /// <summary>Switches forwarding on where it is off. Never written when it is on: writing resets other
    /// settings.</summary>
    /// <returns>What was switched on.</returns>
    public static IReadOnlyList<string> Ensure(IRouteNetlink netlink, ISysctls sysctls)
    {
        List<string> changed = [];
        if (sysctls.Read(IPv4) == "0")
        {
            sysctls.Write(IPv4, "1");
            changed.Add(IPv4);
        }

        if (sysctls.Read(IPv6) == "0")
        {
            KeepRouterAdvertisements(netlink, sysctls);
            sysctls.Write(IPv6, "1");
            changed.Add(IPv6);
        }

        return changed;
    }

    /// <summary>A router does not listen to router advertisements unless told twice (accept_ra 2), and a node that got
    /// its default route from one would lose it.</summary>
    private static void KeepRouterAdvertisements(IRouteNetlink netlink, ISysctls sysctls)
    {
        foreach (var link in netlink.ListLinks())
        {
            var key = $"ipv6/conf/{link.Name}/accept_ra";
            if (link.Name != "lo" && sysctls.Read(key) == "1")
            {
                sysctls.Write(key, "2");
            }
        }
    }
}
