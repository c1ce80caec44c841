using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Session;

/// <summary>What others may see: an immutable snapshot, swapped by the loop.</summary>
internal sealed partial class PeerSession
{
    private volatile SessionStatus _status;
    private string? _lastError;
    private DateTimeOffset? _lastErrorAt;

    /// <summary>The session at this moment; any thread may ask.</summary>
    public SessionStatus Status => _status with
    {
        Received = _counters.In.Counts,
        Sent = _counters.Out.Counts,
        NotificationsReceived = _counters.In.Notifications,
        NotificationsSent = _counters.Out.Notifications,
        OctetsIn = _counters.OctetsIn,
        OctetsOut = _counters.OctetsOut,
        TreatedAsWithdraw = _counters.TreatedAsWithdraw,
        AttributesDiscarded = _counters.AttributesDiscarded,
        SessionsLost = _counters.SessionsLost,
        HoldTimerExpiries = _counters.HoldTimerExpiries,
    };

    private SessionState State
    {
        get
        {
            var furthest = Slots().Max(slot => slot.State.State);
            return furthest >= SessionState.OpenSent ? furthest : (_outgoing ?? _incoming).State.State;
        }
    }

    private void Publish()
    {
        var negotiated = _established?.Negotiated;
        var (state, before, ends) = (State, _status.State, Ends);
        _status = _status with
        {
            State = state,
            Since = state == _status.State ? _status.Since : _time.GetUtcNow(),
            SinceTimestamp = state == _status.State ? _status.SinceTimestamp : _time.GetTimestamp(),
            EstablishedCount = _establishedCount,
            LastError = _lastError,
            LastErrorAt = _lastErrorAt,
            LocalEndPoint = _established?.Link?.Connection.LocalEndPoint,
            RemoteEndPoint = _established?.Link?.Connection.RemoteEndPoint,
            PeerIdentifier = negotiated is null
                ? null
                : Prefix.ToAddress(AfiSafi.IPv4Unicast, negotiated.PeerIdentifier),
            NegotiatedAsn = negotiated?.PeerAsn,
            LocalAsn = _established?.Local?.Asn,
            HoldTime = negotiated?.HoldTime,
            Families = negotiated?.Families ?? [],
            PeerCapabilities = negotiated?.PeerCapabilities ?? [],
            GracefulRestart = negotiated?.GracefulRestart,
            NotificationRestart = negotiated?.NotificationRestart == true,
            LongLivedRestart = negotiated?.LongLivedRestart,
            RetainsRoutes = _retention.IsPeerAway,
            RetainsForLong = _retention.IsLongLived,
        };
        if (state != before)
        {
            _settings.Taps.OnState(ends, before, state); // who asks then finds the new status
        }
    }

    private void NoteError(string? reason)
    {
        _lastError = reason;
        _lastErrorAt = _time.GetUtcNow();
    }

    private void OnNotification(NotificationMessage notification, SessionEventKind kind)
    {
        LogNotificationSent(_settings.Name, notification, kind);
        if (kind is not (SessionEventKind.HeaderError or SessionEventKind.OpenError or SessionEventKind.UpdateError
            or SessionEventKind.HoldTimerExpired or SessionEventKind.SendHoldTimerExpired)
            && !notification.IsBfdDown)
        {
            NoteError($"we sent NOTIFICATION {notification}"); // the others have their reason noted already
        }
    }
}
