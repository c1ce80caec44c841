using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Route;

/// <summary>Tells what happens to a namespace's links, addresses, routes and neighbours. Open it before reading lists,
/// so that no change falls between.</summary>
public sealed class RouteMonitor : IDisposable
{
    private readonly NetlinkMonitor<RouteEvent> _monitor;

    private RouteMonitor(RouteGroups groups, int capacity, int receiveBuffer)
    {
        var socket = new NetlinkSocket(NetlinkProtocol.Route, [.. Numbers(groups)]);
        socket.SetReceiveBuffer(receiveBuffer);
        _monitor = new NetlinkMonitor<RouteEvent>(socket, TryDecode, new RouteEvent.Overrun(), capacity);
    }

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <param name="capacity">Events that wait for a slow reader in this process.</param>
    /// <param name="receiveBuffer">Octets of them that wait in the kernel; beyond, it drops and the reader gets
    /// <see cref="RouteEvent.Overrun"/>.</param>
    public static RouteMonitor Open(RouteGroups groups, int capacity = 4096, int receiveBuffer = 4 << 20) =>
        new(groups, capacity, receiveBuffer);

    /// <summary>Opens one in a network namespace.</summary>
    /// <inheritdoc cref="Open(RouteGroups, int, int)"/>
    public static RouteMonitor Open(
        NetworkNamespace inside, RouteGroups groups, int capacity = 4096, int receiveBuffer = 4 << 20) =>
        inside.Run(() => Open(groups, capacity, receiveBuffer));

    /// <summary>Events in the kernel's order, for one reader; completes with a <see cref="NetlinkException"/> when the
    /// socket fails.</summary>
    public ChannelReader<RouteEvent> Events => _monitor.Events;

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();

    internal static bool TryDecode(in NetlinkMessage message, out RouteEvent value)
    {
        value = null!;
        switch (message.Type)
        {
            case RouteMessageType.NewLink or RouteMessageType.DeleteLink
                when LinkCodec.TryDecode(in message, out var link):
                value = new RouteEvent.LinkChanged(link, message.Type == RouteMessageType.DeleteLink);
                return true;
            case RouteMessageType.NewAddress or RouteMessageType.DeleteAddress
                when AddressCodec.TryDecode(in message, out var address):
                value = new RouteEvent.AddressChanged(address, message.Type == RouteMessageType.DeleteAddress);
                return true;
            case RouteMessageType.NewRoute or RouteMessageType.DeleteRoute
                when RouteCodec.TryDecode(in message, out var route):
                value = new RouteEvent.RouteChanged(route, message.Type == RouteMessageType.DeleteRoute)
                {
                    Replaces = message.Type == RouteMessageType.NewRoute && message.Flags.HasFlag(NetlinkFlags.Replace),
                };
                return true;
            case RouteMessageType.NewNeighbour or RouteMessageType.DeleteNeighbour
                when NeighbourCodec.TryDecode(in message, out var neighbour):
                value = new RouteEvent.NeighbourChanged(neighbour, message.Type == RouteMessageType.DeleteNeighbour);
                return true;
            default:
                return false;
        }
    }

    private static IEnumerable<int> Numbers(RouteGroups groups)
    {
        const int Link = 1, Neighbour = 3, IPv4Address = 5, IPv4Route = 7, IPv6Address = 9, IPv6Route = 11; // RTNLGRP_*
        if (groups.HasFlag(RouteGroups.Links))
        {
            yield return Link;
        }

        if (groups.HasFlag(RouteGroups.Addresses))
        {
            yield return IPv4Address;
            yield return IPv6Address;
        }

        if (groups.HasFlag(RouteGroups.Routes))
        {
            yield return IPv4Route;
            yield return IPv6Route;
        }

        if (groups.HasFlag(RouteGroups.Neighbours))
        {
            yield return Neighbour;
        }
    }
}
