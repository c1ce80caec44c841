namespace Routing.Agent.Netlink.Route;

/// <summary>rtm_type (linux/rtnetlink.h).</summary>
public enum RouteType : byte
{
    /// <summary>A gateway or a direct route.</summary>
    Unicast = 1,

    /// <summary>An address of this host.</summary>
    Local = 2,

    /// <summary>Silently dropped.</summary>
    Blackhole = 6,

    /// <summary>Dropped with ICMP host unreachable.</summary>
    Unreachable = 7,

    /// <summary>Dropped with ICMP prohibited.</summary>
    Prohibit = 8,
}
