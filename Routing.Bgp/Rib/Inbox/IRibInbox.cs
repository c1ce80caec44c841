using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib.Inbox;

/// <summary>The RIB as a session sees it. Every call is a message to the RIB's one owner and waits while its inbox is
/// full: the session then stops reading, and TCP slows the peer (DESIGN.md §5).</summary>
internal interface IRibInbox
{
    /// <summary>The session reached Established. The RIB starts sending the peer its routes through
    /// <see cref="PeerUp.Output"/>.</summary>
    ValueTask PeerUpAsync(PeerUp up, CancellationToken cancellationToken);

    /// <summary>Hands over a batch; the RIB owns it from here.</summary>
    ValueTask UpdatesAsync(UpdateBatch batch, CancellationToken cancellationToken);

    /// <summary>The peer asked for all routes of a family again (RFC 2918 §4), perhaps by other filters (RFC
    /// 5291).</summary>
    ValueTask RouteRefreshAsync(PeerIndex peer, RouteRefreshMessage request, CancellationToken cancellationToken);

    /// <summary>The peer began to announce its routes of these families again and has not said in time that it ended: those
    /// left out go (RFC 7313 §4).</summary>
    ValueTask RefreshTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken);

    /// <summary>The output of the peer, which refused a write, has room again.</summary>
    ValueTask OutputReadyAsync(PeerIndex peer, CancellationToken cancellationToken);

    /// <summary>The session left Established. Its routes of the families in <paramref name="retain"/> become stale
    /// (RFC 4724 §4.2) until the peer is back and has sent End-of-RIB or its restart time has passed; the others go at
    /// once.</summary>
    ValueTask PeerDownAsync(PeerIndex peer, ImmutableArray<AfiSafi> retain, CancellationToken cancellationToken);

    /// <summary>The restart time of a peer whose routes were retained has passed, or it is back and has not sent
    /// End-of-RIB in time: its stale routes of these families go.</summary>
    ValueTask RestartTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken);

    /// <summary>The restart time of a peer has passed, and its stale routes of these families are kept on as the least
    /// preferred ones (RFC 9494 §4.2).</summary>
    ValueTask LongLivedStaleAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken);
}
