using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>The peer's graceful restart (RFC 4724 §4.2): how long the RIB may keep the routes of a peer that is away,
/// and of one that is back and has not yet sent End-of-RIB.</summary>
internal sealed partial class PeerSession
{
    private long? _restartDeadline;
    private bool _retainsRoutes;

    private void OnPeerAway(ImmutableArray<AfiSafi> retain, NegotiatedSession negotiated)
    {
        _retainsRoutes = !retain.IsEmpty;
        _restartDeadline = _retainsRoutes
            ? SessionTimers.After(_time, TimeSpan.FromSeconds(negotiated.GracefulRestart!.RestartTimeSeconds))
            : null;
        if (_retainsRoutes)
        {
            LogRetains(_settings.Name, negotiated.GracefulRestart!.RestartTimeSeconds);
        }
    }

    private void OnPeerBack()
    {
        if (_retainsRoutes)
        {
            _retainsRoutes = false;
            _restartDeadline = SessionTimers.After(_time, _settings.StalePathTime);
        }
    }

    /// <summary>The peer is not to come back: what is kept for it goes now.</summary>
    private void ForgetPeer()
    {
        if (_retainsRoutes)
        {
            _restartDeadline = _time.GetTimestamp();
        }
    }

    private void RunRestartTimer()
    {
        if (_restartDeadline is not { } deadline || deadline > _time.GetTimestamp())
        {
            return;
        }

        _restartDeadline = null;
        _retainsRoutes = false;
        LogRestartTimeExpired(_settings.Name);
        var told = ExpireAsync(_established?.Link is { } link ? link.UpTold : _ribLane);
        _ribLane = Task.WhenAll(_ribLane, told);
    }

    private async Task ExpireAsync(Task before)
    {
        try
        {
            await before;
            await _rib.RestartTimeExpiredAsync(_settings.Peer, _aborted);
        }
        catch (OperationCanceledException)
        {
            // Aborted: the RIB is going away too.
        }
    }
}
