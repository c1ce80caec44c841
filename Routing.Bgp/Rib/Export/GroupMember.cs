namespace Routing.Bgp.Rib.Export;

/// <summary>One peer's session as a receiver of one family's routes.</summary>
/// <param name="peer">The peer.</param>
/// <param name="output">Where its messages go.</param>
internal sealed class GroupMember(PeerIndex peer, IPeerOutput output)
{
    /// <summary>The peer.</summary>
    public PeerIndex Peer { get; } = peer;

    /// <summary>Where its messages go.</summary>
    public IPeerOutput Output { get; } = output;

    /// <summary>The output refused a write and has not reported room since.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>End-of-RIB follows the first full table (RFC 4724 §2).</summary>
    public bool OwesEndOfRib { get; set; } = true;

    /// <summary>A refresh is to begin with its mark (RFC 7313 §4).</summary>
    public bool OwesBeginOfRefresh { get; set; }

    /// <summary>A refresh that has begun is to end with its mark.</summary>
    public bool OwesEndOfRefresh { get; set; }
}
