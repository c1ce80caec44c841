namespace Routing.Agent.Netlink;

/// <summary>Which kernel subsystem a netlink socket talks to (linux/netlink.h).</summary>
internal enum NetlinkProtocol
{
    /// <summary>NETLINK_ROUTE.</summary>
    Route = 0,

    /// <summary>NETLINK_NETFILTER.</summary>
    Netfilter = 12,
}
