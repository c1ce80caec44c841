using System.Collections.Immutable;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Which kernel routes are the FIB's to write and to remove: those of protocol 114 with our metric in the main
/// table. Everything else on the node belongs to someone else and is never touched.</summary>
/// <remarks>
/// The metric is ours alone because the kernel replaces a route by destination, table and metric without looking at who
/// wrote it: with a shared metric a learned default route would silently overwrite the operator's. It is larger than
/// what `ip -6 route add` writes (1024), so an operator's static route to a prefix wins over a learned one.
/// </remarks>
internal sealed class OwnershipPolicy
{
    /// <summary>RTA_TABLE of the main table.</summary>
    public const uint Table = 254;

    /// <summary>RTA_PRIORITY of every route we write.</summary>
    public const uint Metric = 1114;

    private ImmutableArray<Prefix> _podCidrs = [];

    /// <summary>The routes an agent, this one or an earlier one, has written.</summary>
    public static RouteFilter OwnRoutes { get; } = new(RouteProtocol.Routing, Table);

    /// <summary>This node's pod CIDRs.</summary>
    public ImmutableArray<Prefix> PodCidrs => _podCidrs;

    /// <summary>True for a route that an agent has written.</summary>
    public static bool Owns(RouteEntry route) => route.Protocol == RouteProtocol.Routing && route.Table == Table;

    /// <summary>What is inside this node's pod CIDRs is reached through pods' interfaces, whatever a peer
    /// says.</summary>
    public bool MayLearn(Prefix prefix)
    {
        foreach (var cidr in _podCidrs)
        {
            if (cidr.Contains(prefix))
            {
                return false;
            }
        }

        return true;
    }

    public void SetPodCidrs(ImmutableArray<Prefix> podCidrs) => _podCidrs = podCidrs;
}
