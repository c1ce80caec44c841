using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>Routes of one family exchanged with a peer.</summary>
/// <param name="Family">The family.</param>
/// <param name="Received">Prefixes held of what the peer sent.</param>
/// <param name="Accepted">Those that may be chosen: no loop, not rejected by the filter.</param>
/// <param name="Stale">Those kept from before the peer's restart (RFC 4724).</param>
/// <param name="Advertised">Prefixes told to the peer; paths, when it takes several.</param>
/// <param name="ReceivesPaths">The peer sends several paths of a prefix (RFC 7911).</param>
/// <param name="SendsPaths">The peer takes several paths of a prefix.</param>
public sealed record PeerFamilyStatus(
    AfiSafi Family, int Received, int Accepted, int Stale, int Advertised, bool ReceivesPaths, bool SendsPaths)
{
    /// <summary>Most prefixes it may send; null for any number.</summary>
    public int? Maximum { get; init; }

    /// <summary>Those that the import filter rejects, or the lack of one (RFC 8212). What is neither accepted nor rejected has
    /// a loop, leaks, or a next hop that is not reached.</summary>
    public int Rejected { get; init; }

    /// <summary>Paths that were not kept, because the peer sent too many of one prefix (RFC 7911 §7); since the peer was
    /// configured.</summary>
    public long Refused { get; init; }

    /// <summary>Those of the stale that are kept past the restart time (RFC 9494).</summary>
    public int LongLivedStale { get; init; }

    /// <summary>What the peer has said it wants; null where the session takes no filters.</summary>
    public ReceivedFilterStatus? Filters { get; init; }
}
