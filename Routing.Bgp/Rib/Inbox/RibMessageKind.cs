namespace Routing.Bgp.Rib.Inbox;

/// <summary>What a <see cref="RibMessage"/> says; the calls of <see cref="IRibInbox"/> and the speaker's requests.</summary>
internal enum RibMessageKind : byte
{
    PeerUp,
    Updates,
    RouteRefresh,
    OutputReady,
    PeerDown,
    RestartTimeExpired,
    LongLivedStale,
    RefreshTimeExpired,
    Request,
}
