using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Inbox;

/// <summary>What the RIB has to know of a peer whose session reached Established.</summary>
internal sealed record PeerUp
{
    /// <summary>The peer's place in the RIB, stable over its restarts.</summary>
    public required PeerIndex Peer { get; init; }

    /// <summary>Where its messages go; null for a source of routes that is told nothing.</summary>
    public required IPeerOutput? Output { get; init; }

    /// <summary>Is told of prefix limits; null when nobody wants to know.</summary>
    public IPrefixLimitObserver? LimitObserver { get; init; }

    /// <summary>The peer's AS.</summary>
    public required uint PeerAsn { get; init; }

    /// <summary>The AS by which the peer knows us in this session; 0 for the one configured.</summary>
    public uint LocalAsn { get; init; }

    /// <summary>BGP Identifier from its OPEN, host order (tie-break f of RFC 4271 §9.1.2.2).</summary>
    public required uint PeerIdentifier { get; init; }

    /// <summary>The peer's address (tie-break g, and the FIB's first choice of a connected next hop).</summary>
    public required IPAddress PeerAddress { get; init; }

    /// <summary>Our end of the connection: the next hop when we set it to ourselves.</summary>
    public required IPAddress LocalAddress { get; init; }

    /// <summary>An address of the other family on the same interface, for next hops of that family; null when there is none.</summary>
    public IPAddress? LocalAddressOfOtherFamily { get; init; }

    /// <summary>The interface that has our end's address, for policies; null when none has.</summary>
    public string? LocalInterface { get; init; }

    /// <summary>Families both sides announced.</summary>
    public required ImmutableArray<AfiSafi> Families { get; init; }

    /// <summary>Families for which the peer says it kept its forwarding state (RFC 4724 §3, the F bit).</summary>
    public ImmutableArray<AfiSafi> ForwardingPreserved { get; init; } = [];

    /// <summary>Families for which the peer says so after its routes were kept for long (RFC 9494 §4.2, its F
    /// bit).</summary>
    public ImmutableArray<AfiSafi> LongLivedPreserved { get; init; } = [];

    /// <summary>Both sides restart gracefully also after a NOTIFICATION: what is stale outlasts a second restart (RFC 8538
    /// §4.1).</summary>
    public bool NotificationRestart { get; init; }

    /// <summary>The peer knows of routes that are kept for long, and may be told them (RFC 9494 §4.4).</summary>
    public bool KeepsLongLived { get; init; }

    /// <summary>False for a peer without RFC 6793: its AS_PATHs are encoded in two octets with AS4_PATH beside them.</summary>
    public required bool FourOctetAsn { get; init; }

    /// <summary>IPv4 routes may have IPv6 next hops, both ways (RFC 8950).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>The peer takes messages of up to 65,535 octets (RFC 8654).</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>The peer hears where a refresh begins and ends (RFC 7313 §4).</summary>
    public bool EnhancedRefresh { get; init; }

    /// <summary>Families in which the peer will say which routes it wants (RFC 5291 §6).</summary>
    public ImmutableArray<AfiSafi> ReceivesFilters { get; init; } = [];

    /// <summary>Families in which the peer sends several paths of a prefix, each with an identifier (RFC 7911
    /// §4).</summary>
    public ImmutableArray<AfiSafi> ReceivesPathIds { get; init; } = [];

    /// <summary>Families in which the peer takes several paths of a prefix, each with an identifier (RFC 7911
    /// §4).</summary>
    public ImmutableArray<AfiSafi> SendsPathIds { get; init; } = [];

    /// <summary>The peer's OPEN had the Restart State bit: it waits for our End-of-RIB, so we do not wait for its own
    /// (RFC 4724 §4.1).</summary>
    public bool Restarting { get; init; }

    /// <summary>False when the peer cannot send End-of-RIB (no graceful restart capability): nothing waits for it then.</summary>
    public required bool SendsEndOfRib { get; init; }

    /// <summary>What monitoring stations are told of the session; null for what is none.</summary>
    public SessionTrace? Trace { get; init; }
}
