using System.Collections.Immutable;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane.Ways;

/// <summary>Asks the kernel's routes, by whichever of its tables and rules. What it said is not asked again.</summary>
internal sealed class KernelWays : IPacketWays
{
    private const uint LocalTable = 255; // RT_TABLE_LOCAL

    private readonly RouteNetlink _routes;
    private readonly HashSet<Address> _addresses = [];
    private readonly List<AddressRange> _blocks = [];
    private readonly Dictionary<PacketWay, ImmutableArray<string>> _told = [];
    private readonly Dictionary<int, string?> _names = [];
    private readonly Dictionary<string, int?> _indexes = [];

    private KernelWays(RouteNetlink routes) => _routes = routes;

    /// <summary>Reads what the host's own addresses are.</summary>
    /// <param name="routes">Taken over.</param>
    /// <exception cref="NetlinkException">The kernel could not be asked.</exception>
    public static KernelWays Read(RouteNetlink routes)
    {
        var ways = new KernelWays(routes);
        try
        {
            ways.ReadOwn();
            return ways;
        }
        catch
        {
            routes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsLocal(Address address)
    {
        if (_addresses.Contains(address))
        {
            return true;
        }

        foreach (var block in _blocks)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public ImmutableArray<string> Towards(PacketWay way)
    {
        if (!_told.TryGetValue(way, out var names))
        {
            _told.Add(way, names = Ask(way));
        }

        return names;
    }

    /// <inheritdoc/>
    public void Dispose() => _routes.Dispose();

    private void ReadOwn()
    {
        foreach (var route in _routes.ListRoutes(new RouteFilter(Table: LocalTable)))
        {
            if (route.Type is not (RouteType.Local or RouteType.Anycast))
            {
                continue;
            }

            var block = new Cidr(Address.From(route.Destination.BaseAddress), route.Destination.PrefixLength).Range;
            if (block.Low == block.High)
            {
                _addresses.Add(new Address(block.Family, block.Low));
            }
            else
            {
                _blocks.Add(block);
            }
        }
    }

    private ImmutableArray<string> Ask(PacketWay way)
    {
        var destination = way.Destination.ToIPAddress();
        int? input = null;
        if (destination.IsIPv6LinkLocal || (way.Input is not null && (input = IndexOf(way.Input)) is null))
        {
            return []; // every link has these addresses
        }

        var route = _routes.FindRoute(destination, way.Source?.ToIPAddress(), input);
        return route?.Type == RouteType.Unicast
            ? [.. route.NextHops.Select(hop => hop.IfIndex is { } index ? NameOf(index) : null).OfType<string>().Distinct()]
            : []; // a group, everybody of a link, or this host by a table of its own
    }

    private int? IndexOf(string name)
    {
        if (!_indexes.TryGetValue(name, out var index))
        {
            _indexes.Add(name, index = _routes.FindLink(name)?.IfIndex);
        }

        return index;
    }

    private string? NameOf(int index)
    {
        if (!_names.TryGetValue(index, out var name))
        {
            _names.Add(index, name = _routes.FindLink(index)?.Name);
        }

        return name;
    }
}
