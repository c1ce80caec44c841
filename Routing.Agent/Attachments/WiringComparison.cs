using System.Net.NetworkInformation;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Attachments;

/// <summary>Collects what about an attachment differs between plan and kernel.</summary>
internal sealed class WiringComparison(Attachment attachment)
{
    private readonly WiringPlan _plan = new(attachment);
    private readonly List<string> _differences = [];
    private Link? _hostLink;

    /// <summary>What was found, as sentences.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>Compares the node's side; first, because the pod's side is checked to be its peer.</summary>
    public void CompareHost(IRouteNetlink netlink)
    {
        var name = attachment.HostInterface;
        _hostLink = CompareLink(netlink, name, "on the node", WiringPlan.HostMac);
        if (_hostLink is null)
        {
            return;
        }

        var routes = netlink.ListRoutes(new RouteFilter(RouteProtocol.RoutingPod));
        Missing(_plan.HostRoutes(_hostLink.IfIndex).Where(route => !routes.Any(each => Leads(each, route))),
            route => $"the node has no route to {route.Destination} through {name}");
        var neighbours = netlink.ListNeighbours(_hostLink.IfIndex);
        Missing(_plan.HostNeighbours(_hostLink.IfIndex).Where(each => !Contains(neighbours, each)),
            each => $"the node has no neighbour entry {each.Address} = {Text(each.Mac)} on {name}");
    }

    /// <summary>Compares the pod's side.</summary>
    public void ComparePod(IRouteNetlink netlink)
    {
        var name = attachment.Key.IfName;
        var link = CompareLink(netlink, name, "in the container", attachment.ContainerMac);
        if (link is null)
        {
            return;
        }

        if (_hostLink is not null && link.PeerIfIndex != _hostLink.IfIndex)
        {
            _differences.Add($"{name} in the container is not the peer of {attachment.HostInterface}");
        }

        var addresses = netlink.ListAddresses(link.IfIndex);
        Missing(_plan.PodAddresses(link.IfIndex).Where(address => !addresses.Any(each =>
                each.Address.Equals(address.Address) && each.PrefixLength == address.PrefixLength)),
            address => $"{name} in the container does not have the address {address.Address}/{address.PrefixLength}");
        var routes = netlink.ListRoutes(new RouteFilter());
        Missing(_plan.PodRoutes(link.IfIndex).Where(route => !routes.Any(each => Leads(each, route))),
            route => $"the container has no route {route.Destination} via {route.NextHops[0].Gateway}");
        var neighbours = netlink.ListNeighbours(link.IfIndex);
        Missing(_plan.PodNeighbours(link.IfIndex).Where(each => !Contains(neighbours, each)),
            each => $"the container has no neighbour entry {each.Address} = {Text(each.Mac)}");
    }

    private Link? CompareLink(IRouteNetlink netlink, string name, string where, PhysicalAddress? mac)
    {
        var link = netlink.FindLink(name);
        if (link is null)
        {
            _differences.Add($"the interface {name} {where} is gone");
            return null;
        }

        if (!link.IsUp)
        {
            _differences.Add($"the interface {name} {where} is down");
        }

        if (!Equals(link.Mac, mac))
        {
            _differences.Add(
                $"the interface {name} {where} has the hardware address {Text(link.Mac)}, not {Text(mac)}");
        }

        if (attachment.Mtu > 0 && link.Mtu != attachment.Mtu)
        {
            _differences.Add($"the interface {name} {where} has MTU {link.Mtu}, not {attachment.Mtu}");
        }

        return link;
    }

    private void Missing<T>(IEnumerable<T> missing, Func<T, string> describe) =>
        _differences.AddRange(missing.Select(describe));

    /// <summary>Same destination, gateway and interface. Metric, protocol and flags may have been changed by an
    /// administrator without changing where packets go.</summary>
    private static bool Leads(RouteEntry actual, RouteEntry wanted) =>
        actual.Destination.Equals(wanted.Destination) && actual.NextHops is [var hop]
        && hop.IfIndex == wanted.NextHops[0].IfIndex && Equals(hop.Gateway, wanted.NextHops[0].Gateway);

    private static bool Contains(IReadOnlyList<Neighbour> neighbours, Neighbour wanted) =>
        neighbours.Any(each => each.Address.Equals(wanted.Address) && each.Mac.Equals(wanted.Mac));

    private static string Text(PhysicalAddress? mac) => mac is null ? "none" : MacText.Format(mac);
}
