using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Fakes;

/// <summary>A namespace's links, addresses, routes, neighbours and rules in memory. It answers as the kernel does where
/// our code can tell: idempotence, what goes with an interface, errors on request.</summary>
/// <remarks>May be used from several threads; tests look while a loop works.</remarks>
internal sealed class FakeRouteNetlink : IRouteNetlink
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Link> _links = [];
    private readonly HashSet<InterfaceAddress> _addresses = [];
    private readonly Dictionary<(IPNetwork, uint, uint), RouteEntry> _routes = [];
    private readonly Dictionary<(int, IPAddress), Neighbour> _neighbours = [];
    private readonly HashSet<RoutingRule> _rules = [];
    private readonly Dictionary<RouteOperation, Queue<int>> _failures = [];
    private readonly List<RouteChange> _changes = [];
    private int _nextIfIndex = 2;

    public FakeRouteNetlink() => _links.Add(1, new Link(1, "lo", null, null, 65536, true, null, null));

    /// <summary>Changes that were made, in order: not those that were refused or had nothing to do.</summary>
    public IReadOnlyList<RouteChange> Changes
    {
        get
        {
            lock (_lock)
            {
                return [.. _changes];
            }
        }
    }

    /// <summary>Makes the next call of this operation fail; called twice, the next two.</summary>
    /// <param name="errno">EPERM unless said otherwise.</param>
    public void FailNext(RouteOperation operation, int errno = 1)
    {
        lock (_lock)
        {
            if (!_failures.TryGetValue(operation, out var queue))
            {
                _failures.Add(operation, queue = new Queue<int>());
            }

            queue.Enqueue(errno);
        }
    }

    /// <summary>Adds a link that somebody else made.</summary>
    public Link AddLink(
        string name, string? kind = null, bool up = true, PhysicalAddress? mac = null, int mtu = 1500, int? peer = null)
    {
        lock (_lock)
        {
            return NewLink(name, kind, up, mac ?? PhysicalAddress.Parse("02-00-00-00-00-01"), mtu, peer);
        }
    }

    /// <summary>Takes a link away as its peer's end would, unseen by <see cref="Changes"/>.</summary>
    public bool RemoveForeignLink(string name)
    {
        lock (_lock)
        {
            return RemoveLink(name);
        }
    }

    /// <summary>Puts a route in place as somebody else would, unseen by <see cref="Changes"/>.</summary>
    public void PutForeign(RouteEntry route)
    {
        lock (_lock)
        {
            _routes[KeyOf(route)] = route;
        }
    }

    /// <summary>Takes a route away as somebody else would, unseen by <see cref="Changes"/>.</summary>
    public bool RemoveForeign(RouteEntry route)
    {
        lock (_lock)
        {
            return _routes.Remove(KeyOf(route));
        }
    }

    public IReadOnlyList<Link> ListLinks() => List(RouteOperation.ListLinks, _links.Values);

    public Link? FindLink(string name) =>
        List(RouteOperation.FindLink, _links.Values.Where(link => link.Name == name)).FirstOrDefault();

    public IReadOnlyList<InterfaceAddress> ListAddresses(int? ifIndex = null) =>
        List(
            RouteOperation.ListAddresses,
            _addresses.Where(address => (ifIndex ?? address.IfIndex) == address.IfIndex));

    /// <summary>How often routes were listed.</summary>
    public int RouteListings { get; private set; }

    public IReadOnlyList<RouteEntry> ListRoutes(RouteFilter filter)
    {
        RouteListings++;
        return List(
            RouteOperation.ListRoutes,
            _routes.Values.Where(route => (filter.Protocol ?? route.Protocol) == route.Protocol
                && (filter.Table ?? route.Table) == route.Table
                && (filter.IPv6 ?? IsIPv6(route)) == IsIPv6(route)));
    }

    public IReadOnlyList<Neighbour> ListNeighbours(int? ifIndex = null) => List(
        RouteOperation.ListNeighbours,
        _neighbours.Values.Where(neighbour => (ifIndex ?? neighbour.IfIndex) == neighbour.IfIndex));

    public IReadOnlyList<RoutingRule> ListRules() => List(RouteOperation.ListRules, _rules);

    public Link CreateVeth(VethSpec spec)
    {
        var change = new RouteChange.AddVeth(spec);
        if (Apply([change])[0].Error is { } error)
        {
            throw error;
        }

        return FindLink(spec.Name)!;
    }

    public IReadOnlyList<RouteOutcome> Apply(IReadOnlyList<RouteChange> changes)
    {
        lock (_lock)
        {
            return [.. changes.Select(ApplyOne)];
        }
    }

    public void Dispose()
    {
    }

    private RouteOutcome ApplyOne(RouteChange change)
    {
        try
        {
            Fail(Enum.Parse<RouteOperation>(change.GetType().Name), change.Operation, change.Target);
            var changed = Make(change);
            if (changed)
            {
                _changes.Add(change);
            }

            return new RouteOutcome(changed);
        }
        catch (NetlinkException refusal)
        {
            return new RouteOutcome(false, refusal);
        }
    }

    /// <returns>False when there was nothing to do.</returns>
    private bool Make(RouteChange change)
    {
        switch (change)
        {
            case RouteChange.AddVeth { Spec: var spec }:
                Refuse(_links.Values.Any(link => link.Name == spec.Name), change, 17);
                var mac = spec.Mac ?? PhysicalAddress.Parse($"02-00-00-00-01-{_nextIfIndex:X2}");
                NewLink(spec.Name, "veth", spec.Up, mac, spec.Mtu ?? 1500, peer: 2);
                return true;
            case RouteChange.SetLink set:
                Refuse(!_links.ContainsKey(set.IfIndex), change, 19);
                _links[set.IfIndex] = Changed(_links[set.IfIndex], set.Change);
                return true;
            case RouteChange.RemoveLink remove:
                return RemoveLink(remove.Name);
            case RouteChange.AddAddress { Address: var address }:
                Refuse(!_links.ContainsKey(address.IfIndex), change, 19);
                return _addresses.Add(address);
            case RouteChange.RemoveAddress remove:
                return _addresses.Remove(remove.Address);
            case RouteChange.PutRoute { Route: var route }:
                Refuse(route.NextHops.Any(hop => hop.IfIndex is { } index && !_links.ContainsKey(index)), change, 19);
                _routes[KeyOf(route)] = route;
                return true;
            case RouteChange.RemoveRoute { Route: var route }:
                return _routes.TryGetValue(KeyOf(route), out var found) && found.Protocol == route.Protocol
                    && _routes.Remove(KeyOf(route));
            case RouteChange.PutNeighbour { Neighbour: var neighbour }:
                Refuse(!_links.ContainsKey(neighbour.IfIndex), change, 19);
                _neighbours[(neighbour.IfIndex, neighbour.Address)] = neighbour;
                return true;
            case RouteChange.RemoveNeighbour { Neighbour: var neighbour }:
                return _neighbours.Remove((neighbour.IfIndex, neighbour.Address));
            case RouteChange.AddRule add:
                return _rules.Add(add.Rule);
            case RouteChange.RemoveRule remove:
                return _rules.Remove(remove.Rule);
            default:
                throw new UnreachableException(change.GetType().Name);
        }
    }

    private Link NewLink(string name, string? kind, bool up, PhysicalAddress mac, int mtu, int? peer)
    {
        var link = new Link(_nextIfIndex++, name, kind, mac, mtu, up, peer, null);
        _links.Add(link.IfIndex, link);
        return link;
    }

    private static Link Changed(Link link, LinkChange change) => link with
    {
        IsUp = change.Up ?? link.IsUp,
        Mtu = change.Mtu ?? link.Mtu,
        Mac = change.Mac ?? link.Mac,
        Name = change.Name ?? link.Name,
        Alias = change.Alias ?? link.Alias,
    };

    /// <summary>What hangs on an interface goes with it.</summary>
    private bool RemoveLink(string name)
    {
        if (_links.Values.FirstOrDefault(link => link.Name == name) is not { } gone)
        {
            return false;
        }

        _links.Remove(gone.IfIndex);
        _addresses.RemoveWhere(address => address.IfIndex == gone.IfIndex);
        foreach (var (key, route) in _routes.ToList())
        {
            if (route.NextHops.Any(hop => hop.IfIndex == gone.IfIndex))
            {
                _routes.Remove(key);
            }
        }

        foreach (var key in _neighbours.Keys.Where(key => key.Item1 == gone.IfIndex).ToList())
        {
            _neighbours.Remove(key);
        }

        return true;
    }

    private List<T> List<T>(RouteOperation operation, IEnumerable<T> values)
    {
        lock (_lock)
        {
            Fail(operation, operation.ToString(), "");
            return [.. values];
        }
    }

    private void Fail(RouteOperation operation, string text, string target)
    {
        if (_failures.TryGetValue(operation, out var queue) && queue.TryDequeue(out var errno))
        {
            throw new NetlinkException(text, target, errno, "as the test asked");
        }
    }

    private static void Refuse(bool condition, RouteChange change, int errno)
    {
        if (condition)
        {
            throw new NetlinkException(change.Operation, change.Target, errno);
        }
    }

    private static (IPNetwork, uint, uint) KeyOf(RouteEntry route) => (route.Destination, route.Table, route.Metric);

    private static bool IsIPv6(RouteEntry route) =>
        route.Destination.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
