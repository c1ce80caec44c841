namespace Routing.Agent.Netlink.Route;

/// <summary>rtm_type (linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>A gateway or a direct route.</summary>
    Unicast = 1,

    /// <summary>An address of this host.</summary>
    Local = 2,

    /// <summary>A broadcast address (the kernel's local table).</summary>
    Broadcast = 3,

    /// <summary>An anycast address (the kernel's local table).</summary>
    Anycast = 4,

    /// <summary>A multicast route.</summary>
    Multicast = 5,

    /// <summary>Silently dropped.</summary>
    Blackhole = 6,

    /// <summary>Dropped with ICMP host unreachable.</summary>
    Unreachable = 7,

    /// <summary>Dropped with ICMP prohibited.</summary>
    Prohibit = 8,

    /// <summary>Look on in the next table.</summary>
    Throw = 9,
}
