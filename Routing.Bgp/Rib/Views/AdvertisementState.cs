namespace Routing.Bgp.Rib.Views;

/// <summary>Where a prefix stands with a peer.</summary>
public enum AdvertisementState
{
    /// <summary>The peer was told, and what it was told is still the best path.</summary>
    Advertised,

    /// <summary>The peer will be told, or told anew, when its turn comes or its connection has room.</summary>
    Pending,

    /// <summary>The export rules keep it back; the verdict says which.</summary>
    KeptBack,

    /// <summary>The best path came from this peer (RFC 4271 §9.2).</summary>
    CameFromPeer,

    /// <summary>The peer takes several paths (RFC 7911), and is told so many better ones as it is to have.</summary>
    BeyondMaximum,

    /// <summary>No path may be chosen.</summary>
    NoBestPath,

    /// <summary>The session is not Established.</summary>
    NotEstablished,

    /// <summary>The session does not carry the family.</summary>
    FamilyNotCarried,

    /// <summary>The peer is told nothing before it has said which routes it wants (RFC 5291 §6).</summary>
    WaitsForFilters,

    /// <summary>Nothing is told before the peers have sent what they have (RFC 4724 §4.1).</summary>
    WaitsForEndOfRib,
}
