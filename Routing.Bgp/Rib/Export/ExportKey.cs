using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Export;

/// <summary>All that makes two peers of a family receive different octets for the same route. Peers with equal keys form
/// an <see cref="UpdateGroup"/>.</summary>
/// <param name="Profile">What becomes of the attributes.</param>
/// <param name="IsClient">A client of ours as a route reflector.</param>
/// <param name="SelfNextHop">Our address of the family on the session; 0 when there is none: then no route that needs it
/// can be announced.</param>
/// <param name="FourOctetAsn">RFC 6793 on both sides.</param>
/// <param name="Filter">Export filter.</param>
internal sealed record ExportKey(
    ExportProfile Profile, bool IsClient, AddressBits SelfNextHop, bool FourOctetAsn, RouteFilter Filter)
{
    /// <summary>Routes that are kept for long (RFC 9494 §4.4).</summary>
    public LongLivedMode LongLived { get; init; }

    /// <summary>IPv4 routes go out with IPv6 next hops (RFC 8950); without, those that have one do not go out.</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>Routes whose attributes need more than 4096 octets go out too (RFC 8654).</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>The routes the peer has said it wants (RFC 5291); null for all.</summary>
    public PeerFilter? Wanted { get; init; }

    /// <summary>Most paths of a prefix, each with an identifier (RFC 7911); 0 for the best one without.</summary>
    public int AddPaths { get; init; }

    /// <summary>What would be told but for the export policy (RFC 8671 §3).</summary>
    public ExportKey WithoutPolicy() => this with { Filter = RouteFilter.AcceptAll };
}
