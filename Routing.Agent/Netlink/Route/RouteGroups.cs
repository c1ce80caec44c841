namespace Routing.Agent.Netlink.Route;

/// <summary>What a <see cref="RouteMonitor"/> listens to.</summary>
[Flags]
public enum RouteGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>RTNLGRP_LINK.</summary>
    Links = 1,

    /// <summary>RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR.</summary>
    Addresses = 2,

    /// <summary>RTNLGRP_IPV4_ROUTE and RTNLGRP_IPV6_ROUTE.</summary>
    Routes = 4,

    /// <summary>RTNLGRP_NEIGH.</summary>
    Neighbours = 8,
}
