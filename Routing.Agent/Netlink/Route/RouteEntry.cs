using System.Collections.Immutable;
using System.Net;

namespace Routing.Agent.Netlink.Route;

/// <summary>A route (RTM_NEWROUTE).</summary>
/// <param name="Destination">Destination prefix.</param>
/// <param name="NextHops">One or more ways; empty for a blackhole, unreachable or prohibit route.</param>
public sealed record RouteEntry(IPNetwork Destination, ImmutableArray<RouteNextHop> NextHops)
{
    /// <summary>unicast, or a route that goes nowhere.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Who put it there (rtm_protocol).</summary>
    public byte Protocol { get; init; } = RouteProtocol.Routing;

    /// <summary>RTA_TABLE; 254 is main.</summary>
    public uint Table { get; init; } = 254;

    /// <summary>RTA_PRIORITY; IPv6 reads 0 as 1024.</summary>
    public uint Metric { get; init; }

    /// <summary>Preferred source address, or null.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>By value, also over the next hops.</summary>
    public bool Equals(RouteEntry? other) =>
        other is not null && Destination.Equals(other.Destination) && Type == other.Type && Protocol == other.Protocol
        && Table == other.Table && Metric == other.Metric && Equals(Source, other.Source)
        && NextHops.SequenceEqual(other.NextHops);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Destination, Type, Protocol, Table, Metric);

    /// <summary>As `ip route` would write it.</summary>
    public override string ToString()
    {
        var type = Type == RouteType.Unicast ? "" : $"{Type.ToString().ToLowerInvariant()} ";
        return $"{type}{Destination} {string.Join(' ', NextHops)}".TrimEnd();
    }
}
