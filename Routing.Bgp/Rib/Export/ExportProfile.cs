using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Export;

/// <summary>What a neighbour's kind and configuration make of the attributes it is sent. A part of the
/// <see cref="ExportKey"/>, so what only some of its neighbours need (an AS number of theirs) is 0 for the rest, and the
/// update groups stay large.</summary>
internal sealed record ExportProfile
{
    /// <summary>Inside our AS, in another member AS of our confederation, or outside.</summary>
    public required PathSourceKind Kind { get; init; }

    /// <summary>It is in another AS and has no export policy, where one is required (RFC 8212 §2).</summary>
    public bool LacksPolicy { get; init; }

    /// <summary>The AS that is put in front of the AS_PATH outside our own: ours, the confederation's (RFC 5065 §4.1), or a
    /// local-as. 0 towards the clients of a route server, which puts nothing in (RFC 7947 §2.2.2).</summary>
    public uint PrependedAsn { get; init; }

    /// <summary>Our real AS behind a local-as; 0 without one, or when it replaces ours.</summary>
    public uint HiddenAsn { get; init; }

    /// <summary>The neighbour's own AS, which gives way to <see cref="PrependedAsn"/> in the paths it is sent (as-override);
    /// 0 to leave it.</summary>
    public uint OverriddenAsn { get; init; }

    /// <summary>Private AS numbers that are taken out of the paths.</summary>
    public PrivateAsScope RemovedPrivateAs { get; init; }

    /// <summary>With <see cref="RemovedPrivateAs"/>: the AS that comes in their place; 0 to leave none.</summary>
    public uint PrivateAsReplacement { get; init; }

    /// <summary>With <see cref="RemovedPrivateAs"/>: the neighbour's own AS, which stays, so that it finds its loops.</summary>
    public uint KeptAsn { get; init; }

    /// <summary>A client of ours as a route server: AS_PATH, next hop and MED stay as they are (RFC 7947 §2.2).</summary>
    public bool IsRouteServerClient { get; init; }

    /// <summary>The next hop it is told.</summary>
    public NextHopMode NextHop { get; init; }

    /// <summary>Communities it is sent.</summary>
    public SentCommunities Communities { get; init; } = SentCommunities.All;

    /// <summary>The cluster a client of ours is in; 0 for the speaker's own (RFC 4456 §7).</summary>
    public uint ClusterId { get; init; }

    /// <summary>Clients of one cluster have each other's routes already: they are fully meshed (RFC 4456 §6).</summary>
    public bool ClientsAreMeshed { get; init; }

    /// <summary>AIGP is enabled on the session (RFC 7311 §3.3).</summary>
    public bool SendsAigp { get; init; }

    /// <summary>What we are to the neighbour (RFC 9234); null when nobody said.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>Our AS as RFC 9234 §5 writes it into ONLY_TO_CUSTOMER; 0 without a role.</summary>
    public uint OnlyToCustomerAsn { get; init; }

    /// <summary>The session is about to be shut down (RFC 8326 §4.2).</summary>
    public bool IsDraining { get; init; }

    /// <summary>eBGP: LOCAL_PREF and MED stay here.</summary>
    public bool IsExternal => Kind == PathSourceKind.External;

    /// <summary>The profile of a session in which the neighbour knows us by our own AS in place of a local-as
    /// (dual-as).</summary>
    /// <param name="localAsn">The AS it knows us by; 0 for the one configured.</param>
    public ExportProfile KnownBy(uint localAsn) =>
        !IsExternal || PrependedAsn == 0 || localAsn == 0 || localAsn == PrependedAsn
            ? this
            : this with { PrependedAsn = localAsn, HiddenAsn = 0 };

    /// <summary>True when a set of attributes needs the editor before it is written (<see cref="ExportEdits"/>).</summary>
    public bool Edits(AttributeTraits traits)
    {
        var always = HiddenAsn != 0 || OverriddenAsn != 0 || RemovedPrivateAs != PrivateAsScope.None || IsDraining
            || Communities != SentCommunities.All || MarksOnlyToCustomer;
        var atBorder = AttributeTraits.HasConfederationSegments | AttributeTraits.HasNonTransitiveCommunity;
        var sometimes = AttributeTraits.HasAigp | AttributeTraits.LongLivedStale | (IsExternal ? atBorder : 0);
        return always || (traits & sometimes) != 0;
    }

    /// <summary>RFC 9234 §5, egress 1: towards a customer, a peer, or a client of our route server.</summary>
    public bool MarksOnlyToCustomer => Role is PeerRole.Provider or PeerRole.Peer or PeerRole.RouteServer;

    /// <summary>RFC 9234 §5, egress 2: towards a provider, a peer, or a route server.</summary>
    public bool StopsOnlyToCustomer => Role is PeerRole.Customer or PeerRole.Peer or PeerRole.RouteServerClient;
}
