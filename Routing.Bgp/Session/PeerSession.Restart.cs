using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>The peer's graceful restart (RFC 4724 §4.2, RFC 9494 §4.2): tells the RIB when it has kept the routes of a peer
/// that is away, or back without End-of-RIB, long enough.</summary>
internal sealed partial class PeerSession
{
    private readonly RouteRetention _retention;

    private void OnPeerAway(ImmutableArray<AfiSafi> retain, NegotiatedSession negotiated, ReceivedEnds ends)
    {
        _retention.PeerLeft(retain, negotiated, _settings.LongLivedStaleTime, ends);
        if (!retain.IsEmpty)
        {
            LogRetains(_settings.Name, negotiated.GracefulRestart!.RestartTimeSeconds);
        }
    }

    private void OnPeerBack() => _retention.PeerReturned(_settings.StalePathTime);

    /// <summary>The peer is not to come back: what is kept for it goes now.</summary>
    private void ForgetPeer() => _retention.Forget();

    private void RunRestartTimer()
    {
        if (_established?.Link is { Refreshes: var refreshes } && refreshes.TakeDue() is { IsEmpty: false } families)
        {
            LogRefreshTimeExpired(_settings.Name, families);
            _ribLane = Task.WhenAll(_ribLane, TellAsync(
                _established.Link.UpTold,
                token => _rib.RefreshTimeExpiredAsync(_settings.Peer, families, token)));
        }

        if (!_retention.TryTakeDue(out var gone, out var longLived))
        {
            return;
        }

        if (!gone.IsEmpty)
        {
            LogRestartTimeExpired(_settings.Name, gone);
        }

        if (!longLived.IsEmpty)
        {
            LogLongLived(_settings.Name, longLived);
        }

        var told = TellAsync(_established?.Link is { } link ? link.UpTold : _ribLane, async token =>
        {
            if (!gone.IsEmpty)
            {
                await _rib.RestartTimeExpiredAsync(_settings.Peer, gone, token);
            }

            if (!longLived.IsEmpty)
            {
                await _rib.LongLivedStaleAsync(_settings.Peer, longLived, token);
            }
        });
        _ribLane = Task.WhenAll(_ribLane, told);
    }

    private async Task TellAsync(Task before, Func<CancellationToken, ValueTask> tell)
    {
        try
        {
            await before;
            await tell(_aborted);
        }
        catch (OperationCanceledException)
        {
            // Aborted: the RIB is going away too.
        }
    }
}
