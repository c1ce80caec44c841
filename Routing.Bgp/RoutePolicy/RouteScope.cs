using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy;

/// <summary>What a policy sees of a route beside its prefix and attributes: the same for all routes that come from one
/// session, or go from one source to one update group.</summary>
internal sealed record RouteScope
{
    /// <summary>The family.</summary>
    public required AfiSafi Family { get; init; }

    /// <summary>True on the way out.</summary>
    public required bool IsExport { get; init; }

    /// <summary>The peer it is imported from or exported to.</summary>
    public required PeerKind PeerKind { get; init; }

    /// <summary>Where it comes from: <see cref="RouteSource.Local"/>, ExternalPeers or InternalPeers.</summary>
    public required RouteSource Source { get; init; }

    /// <summary>The interface over which its source was reached; null when that is unknown or ourselves.</summary>
    public string? Interface { get; init; }

    /// <summary>On the way in: a path with GRACEFUL_SHUTDOWN has LOCAL_PREF 0 whatever the policy says (RFC 8326
    /// §4.1).</summary>
    public bool IsLastChoiceInShutdown { get; init; }

    /// <summary>Our AS number as the peer knows it.</summary>
    public uint OwnAsn { get; init; }

    /// <summary>Our address of the family on the session; 0 when there is none.</summary>
    public UInt128 OwnAddress { get; init; }

    /// <summary>The peer's address, when it is of the family; otherwise 0.</summary>
    public UInt128 PeerAddress { get; init; }

    /// <summary>The AS that the route was received from; 0 on the way out.</summary>
    public uint NeighborAsn { get; init; }

    /// <summary>What we are to that AS (RFC 9234); null when nobody said, and on the way out.</summary>
    public PeerRole? Role { get; init; }
}
