using System.Collections.Immutable;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Report;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Lab.Tor;

/// <summary>Reads what BGP put into the ToR's kernel: what packets follow, whichever software learned it.</summary>
internal sealed class TorRoutes(LabPlan plan, NetworkNamespace tor) : IDisposable
{
    private const uint MainTable = 254;

    private readonly RouteNetlink _kernel = RouteNetlink.Open(tor);
    private readonly Lock _lock = new(); // a netlink socket has one user at a time

    /// <summary>The routes, sorted by prefix.</summary>
    public ImmutableArray<TorRoute> Read()
    {
        lock (_lock)
        {
            var nodesByLink = plan.Nodes.ToDictionary(
                node => _kernel.FindLink(node.Uplink.TorInterface)!.IfIndex, node => node);
            return [.. _kernel.ListRoutes(new RouteFilter(Table: MainTable))
                .Where(route => route.Protocol > RouteProtocol.Static && route.Type == RouteType.Unicast)
                .Select(route => Describe(route, nodesByLink))
                .OrderBy(route => route.Node, StringComparer.Ordinal).ThenBy(route => route.Prefix, StringComparer.Ordinal)];
        }
    }

    /// <summary>The nodes' pod CIDRs that are not there, or lead elsewhere.</summary>
    public IEnumerable<string> Missing(IReadOnlyCollection<TorRoute> routes) =>
        from node in plan.Nodes
        from cidr in node.PodCidrs
        where !routes.Any(route => route.Node == node.Name && route.Prefix == cidr.ToString())
        select $"{cidr} of {node.Name}";

    public void Dispose() => _kernel.Dispose();

    /// <summary>By the interface, since an IPv6 gateway may be the node's link-local address, of which the plan knows nothing.</summary>
    private static TorRoute Describe(RouteEntry route, Dictionary<int, NodePlan> nodesByLink)
    {
        var hop = route.NextHops.FirstOrDefault();
        var node = hop?.IfIndex is { } index ? nodesByLink.GetValueOrDefault(index)?.Name : null;
        return new TorRoute(route.Destination.ToString(), hop?.Gateway?.ToString() ?? "", node ?? "");
    }
}
