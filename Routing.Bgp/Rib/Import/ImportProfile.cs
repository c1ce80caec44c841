using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Import;

/// <summary>What a neighbour's configuration makes of the attributes it sends.</summary>
internal sealed record ImportProfile
{
    /// <summary>It is in another AS and has no import policy, where one is required (RFC 8212 §2).</summary>
    public bool LacksPolicy { get; init; }

    /// <summary>How often our own AS may be in its paths (allow-own-as).</summary>
    public int AllowedOwnAsns { get; init; }

    /// <summary>The AS that the neighbour knows us by, when it is not ours; also a loop. 0 without one.</summary>
    public uint LocalAsn { get; init; }

    /// <summary>The local-as is put in front of what comes, as if it were a real AS on the way.</summary>
    public bool PrependsLocalAsn { get; init; }

    /// <summary>What we are to the neighbour (RFC 9234); null when nobody said.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>RFC 9234 §5, ingress 3: from a provider, a peer or a route server.</summary>
    public bool MarksOnlyToCustomer => Role is PeerRole.Customer or PeerRole.Peer or PeerRole.RouteServerClient;

    /// <summary>A path with GRACEFUL_SHUTDOWN gets LOCAL_PREF 0 (RFC 8326 §4.1).</summary>
    public bool HonoursGracefulShutdown { get; init; } = true;

    /// <summary>A route with BLACKHOLE is accepted though long, and drops packets (RFC 7999 §3.3).</summary>
    public bool HonoursBlackhole { get; init; }

    /// <summary>Our cost to the neighbour, added to AIGP where our next hop takes the place of its own (RFC 7311
    /// §3.4.2).</summary>
    public uint AigpCost { get; init; } = 1;
}
