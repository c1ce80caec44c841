using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>The routes of the main table that are not BGP's, kept true by the kernel's events where these say all there is to
/// know; where they do not, the table has to be read again.</summary>
/// <remarks>
/// What events leave open:
/// <list type="bullet">
/// <item>A route to a prefix that has one of the same metric is put before it, behind it or, of IPv6, is one with it.</item>
/// <item>The end of a route that is not known, as of one next hop of several (IPv6): what is left is not said.</item>
/// <item>The end of a route of IPv4 that the kernel had made for an address: others go with the address without a word.</item>
/// </list>
/// </remarks>
internal sealed class InteriorTable
{
    /// <summary>This host itself is in another table.</summary>
    private static readonly InteriorRoute Loopback = new(Prefix.FromNetwork(IPNetwork.Parse("127.0.0.0/8")), 0, []);

    private readonly Dictionary<Prefix, InteriorRoute> _best = new() { [Loopback.Prefix] = Loopback };
    private readonly Dictionary<Prefix, InteriorRoute?> _before = []; // of prefixes that changed, what they had
    private Dictionary<Prefix, ImmutableArray<RouteEntry>> _entries = [];

    /// <summary>The cheapest route to each prefix.</summary>
    public IReadOnlyCollection<InteriorRoute> Routes => _best.Values;

    /// <summary>Whether a route is one of these.</summary>
    public static bool Concerns(RouteEntry route) => route.Table == OwnershipPolicy.Table && !OwnershipPolicy.Owns(route);

    /// <summary>Takes all routes as they are now.</summary>
    public void Read(IEnumerable<RouteEntry> routes)
    {
        var old = _entries;
        _entries = routes.Where(Concerns).GroupBy(route => Prefix.FromNetwork(route.Destination))
            .ToDictionary(group => group.Key, group => group.ToImmutableArray());
        foreach (var prefix in old.Keys.Union(_entries.Keys))
        {
            Note(prefix);
        }
    }

    /// <summary>Takes one event.</summary>
    /// <returns>False when only reading tells what is true now.</returns>
    public bool TryApply(RouteEvent.RouteChanged happened)
    {
        var route = happened.Route;
        if (!Concerns(route))
        {
            return true;
        }

        var prefix = Prefix.FromNetwork(route.Destination);
        var known = _entries.GetValueOrDefault(prefix, []);
        var alike = known.Where(other => other.Metric == route.Metric).ToList();
        if (happened.Deleted)
        {
            var takesOthers = route.Protocol == RouteProtocol.Kernel
                && route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            return !takesOthers && known.Contains(route) && Set(prefix, known.Remove(route));
        }

        return known.Contains(route)
            || alike switch
            {
                [] => Set(prefix, known.Add(route)),
                [var only] => happened.Replaces && Set(prefix, known.Replace(only, route)),
                _ => false,
            };
    }

    /// <summary>What has changed since this was asked last.</summary>
    public IReadOnlyCollection<InteriorRouteChange> TakeChanges()
    {
        var changes = _before
            .Where(each => !Equals(each.Value, _best.GetValueOrDefault(each.Key)))
            .Select(each => new InteriorRouteChange(each.Key, _best.GetValueOrDefault(each.Key)))
            .ToList();
        _before.Clear();
        return changes;
    }

    private bool Set(Prefix prefix, ImmutableArray<RouteEntry> entries)
    {
        if (entries.IsEmpty)
        {
            _entries.Remove(prefix);
        }
        else
        {
            _entries[prefix] = entries;
        }

        Note(prefix);
        return true;
    }

    private void Note(Prefix prefix)
    {
        _before.TryAdd(prefix, _best.GetValueOrDefault(prefix));
        var cheapest = _entries.GetValueOrDefault(prefix, []).Select(Translate).MinBy(route => route.Cost)
            ?? (prefix == Loopback.Prefix ? Loopback : null);
        if (cheapest is null)
        {
            _best.Remove(prefix);
        }
        else
        {
            _best[prefix] = cheapest;
        }
    }

    /// <summary>The metric is the cost, but of routes to addresses on a link, where metrics only tell interfaces
    /// apart.</summary>
    private static InteriorRoute Translate(RouteEntry route)
    {
        ImmutableArray<IPAddress> gateways =
            [.. route.NextHops.Where(way => way.Gateway is not null).Select(way => WithScope(way.Gateway!, way.IfIndex))];
        return new InteriorRoute(
            Prefix.FromNetwork(route.Destination),
            gateways.IsEmpty ? 0 : route.Metric,
            gateways,
            route.Type == RouteType.Unicast);
    }

    private static IPAddress WithScope(IPAddress gateway, int? interfaceIndex) =>
        gateway is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true } && interfaceIndex is { } index
            ? new IPAddress(gateway.GetAddressBytes(), index)
            : gateway;
}
