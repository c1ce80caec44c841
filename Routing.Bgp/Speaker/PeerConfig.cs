using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Bfd;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>One neighbour, or a range from which neighbours may connect. What belongs to one concern is one record of
/// options.</summary>
public sealed record PeerConfig
{
    /// <summary>The name operators use; unique in the speaker.</summary>
    public required string Name { get; init; }

    /// <summary>The neighbour's address; null when <see cref="AddressRange"/> is set, and for the one neighbour on
    /// <see cref="TransportOptions.Interface"/>, whose link-local address router advertisements tell.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Dynamic neighbours: any address inside may connect; we never do.</summary>
    public IPNetwork? AddressRange { get; init; }

    /// <summary>The AS number the neighbour must have; 0 for any but ours.</summary>
    public required uint Asn { get; init; }

    /// <summary>The neighbour is whoever is at the other end of the interface.</summary>
    internal bool IsUnnumbered => Address is null && AddressRange is null;

    /// <summary>The neighbour is a client of ours as a route reflector (RFC 4456).</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>With <see cref="RouteReflectorClient"/>: the cluster it is a client in (RFC 4456 §7); the speaker's own when
    /// null.</summary>
    public IPAddress? ClusterId { get; init; }

    /// <summary>Families to offer.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    /// <summary>How the connection comes about.</summary>
    public TransportOptions Transport { get; init; } = new();

    /// <summary>The times of the session.</summary>
    public TimerOptions Timers { get; init; } = new();

    /// <summary>Which routes each side wants of the other.</summary>
    public OutboundFilterOptions OutboundFilters { get; init; } = new();

    /// <summary>How routes survive the session.</summary>
    public RestartOptions Restart { get; init; } = new();

    /// <summary>Several paths of one prefix.</summary>
    public AddPathOptions AddPath { get; init; } = new();

    /// <summary>BFD beside the session; null for none.</summary>
    public BfdOptions? Bfd { get; init; }

    /// <summary>AS numbers and paths.</summary>
    public AsPathOptions AsPath { get; init; } = new();

    /// <summary>The other attributes.</summary>
    public AttributeOptions Attributes { get; init; } = new();

    /// <summary>What we and the neighbour are to each other.</summary>
    public RelationOptions Relation { get; init; } = new();

    /// <summary>What it may cost.</summary>
    public PrefixLimits Limits { get; init; } = new();

    /// <summary>What to accept from the neighbour.</summary>
    public RouteFilter Import { get; init; } = RouteFilter.AcceptAll;

    /// <summary>What to tell the neighbour.</summary>
    public RouteFilter Export { get; init; } = RouteFilter.AcceptAll;
}
