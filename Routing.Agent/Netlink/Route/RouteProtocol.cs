namespace Routing.Agent.Netlink.Route;

/// <summary>rtm_protocol: who owns a route.</summary>
public static class RouteProtocol
{
    /// <summary>Ours: routes with this number, and no others, are ours to change and remove. Free in iproute2's
    /// rt_protos; Calico's BIRD uses 12, FRR 186 to 199.</summary>
    public const byte Routing = 114;

    /// <summary>Ours as well, for host routes to local pods: they belong to an attachment, not to a BGP path, so the
    /// two are never reconciled against each other.</summary>
    public const byte RoutingPod = 115;

    /// <summary>RTPROT_KERNEL.</summary>
    public const byte Kernel = 2;

    /// <summary>RTPROT_STATIC.</summary>
    public const byte Static = 4;
}
