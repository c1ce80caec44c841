using System.Collections.Immutable;
using System.Net;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Lab.Namespaces;

/// <summary>The machines and cables of the lab: a namespace for the ToR and one for each node, a veth pair between them, and a
/// default route on the node, as a host in a rack has it. All the rest is learned over BGP.</summary>
internal static class Underlay
{
    // A machine set up to route; kubeadm asks for the same. Without duplicate address detection an address is usable at
    // once: there are two hosts on each cable, and we number both.
    private static readonly KeyValuePair<string, string>[] Settings =
    [
        new("ipv4/ip_forward", "1"),
        new("ipv6/conf/all/forwarding", "1"),
        new("ipv6/conf/all/accept_dad", "0"),
        new("ipv6/conf/default/accept_dad", "0"),
    ];

    /// <summary>Builds it.</summary>
    public static void Build(LabPlan plan, LabNamespaces namespaces)
    {
        var tor = namespaces.Create(LabPlan.TorName);
        tor.WriteSysctls(Settings);
        using var torKernel = RouteNetlink.Open(tor);
        foreach (var node in plan.Nodes)
        {
            var inside = namespaces.Create(node.Name);
            inside.WriteSysctls(Settings);
            Connect(torKernel, inside, node.Uplink);
        }
    }

    private static void Connect(RouteNetlink tor, NetworkNamespace node, LinkPlan link)
    {
        var torSide = tor.CreateVeth(new VethSpec(link.TorInterface, link.NodeInterface, node.Handle) { Up = true });
        using var nodeKernel = RouteNetlink.Open(node);
        var nodeSide = nodeKernel.FindLink(link.NodeInterface)!;
        nodeKernel.ChangeLink(nodeSide.IfIndex, new LinkChange { Up = true });
        AddAddresses(tor, torSide, link.TorV4, link.TorV6);
        AddAddresses(nodeKernel, nodeSide, link.NodeV4, link.NodeV6);
        foreach (var (everything, gateway) in new[] { ("0.0.0.0/0", link.TorV4), ("::/0", link.TorV6) })
        {
            nodeKernel.ReplaceRoute(new RouteEntry(
                IPNetwork.Parse(everything), ImmutableArray.Create(new RouteNextHop(gateway, nodeSide.IfIndex)))
            {
                Protocol = RouteProtocol.Static,
            });
        }
    }

    private static void AddAddresses(RouteNetlink kernel, Link link, IPAddress v4, IPAddress v6)
    {
        kernel.EnsureAddress(new InterfaceAddress(link.IfIndex, v4, LinkPlan.PrefixLengthV4));
        kernel.EnsureAddress(new InterfaceAddress(link.IfIndex, v6, LinkPlan.PrefixLengthV6));
    }
}
