using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>Runs the FSM and carries out what it asks for.</summary>
internal sealed partial class PeerSession
{
    /// <summary>A session that stood this long has left its failures behind.</summary>
    private static readonly TimeSpan StableTime = TimeSpan.FromSeconds(30);

    private long _establishedAt;
    private long _collisionEnds;
    private int _establishedCount;
    private bool _keepsRoutes; // the end being handled is one that graceful restart covers (RFC 8538)
    private bool _usesAlternateAsn; // dual-as: the peer has refused the other number
    private bool _errorWasOurs; // the failure being handled is one of the protocol, not of TCP

    private void FeedOutgoing(SessionEvent @event)
    {
        if (_outgoing is { } slot)
        {
            Feed(slot, @event);
        }
    }

    private void Feed(ConnectionSlot slot, SessionEvent @event)
    {
        var before = slot.State.State;
        var step = SessionFsm.Step(slot.State, @event, slot.Config);
        slot.State = step.Next;
        if (before != step.Next.State)
        {
            LogState(_settings.Name, before, step.Next.State, @event.Kind);
        }

        // Before the actions, which end the session and log why.
        var notification = step.Actions
            .FirstOrDefault(action => action.Kind == SessionActionKind.SendNotification)
            .Notification;
        var restarts = before == SessionState.Established && slot.Negotiated!.NotificationRestart;
        if (restarts && notification is not null)
        {
            notification = NotificationRestart.ToSend(notification);
        }

        _keepsRoutes = restarts && NotificationRestart.KeepsRoutes(@event, notification);
        _errorWasOurs = notification is not null
            && @event.Kind is not (SessionEventKind.ManualStop or SessionEventKind.CollisionDump)
            && !notification.IsBfdDown;
        if (notification is not null)
        {
            OnNotification(notification, @event.Kind);
        }

        if (before == SessionState.Established && step.Next.State != SessionState.Established)
        {
            slot.Trace?.Ending = slot.EndingBy(@event.Kind, notification);
        }

        foreach (var action in step.Actions)
        {
            Carry(slot, action.Notification is null ? action : action with { Notification = notification }, @event);
        }

        if (before == SessionState.Established && step.Next.State != SessionState.Established)
        {
            TakeOver(slot);
        }
    }

    private void Carry(ConnectionSlot slot, in SessionAction action, SessionEvent @event)
    {
        switch (action.Kind)
        {
            case SessionActionKind.StartTimer:
                StartTimer(slot, action);
                break;
            case SessionActionKind.StopTimer:
                slot.Timers.Stop(action.Timer);
                break;
            case SessionActionKind.Connect:
                BeginConnect(slot);
                break;
            case SessionActionKind.DropConnection:
                slot.Attempt?.Cancel();
                slot.Attempt = null;
                CloseLink(slot, abort: @event.Kind is SessionEventKind.TcpConnectionFailed);
                break;
            case SessionActionKind.SendOpen:
                slot.Local = _settings.ToOpen(_usesAlternateAsn, isFirst: _establishedCount == 0);
                slot.Link?.Output.SendOpen(slot.Local.ToMessage());
                break;
            case SessionActionKind.SendKeepalive:
                slot.Link?.Output.SendKeepalive();
                break;
            case SessionActionKind.SendNotification:
                slot.Link?.Output.SendNotification(action.Notification!);
                break;
            case SessionActionKind.SessionUp:
                OnSessionUp(slot);
                break;
            case SessionActionKind.SessionDown:
                OnSessionDown(slot, _keepsRoutes ? slot.Negotiated!.RetainedFamilies : []);
                break;
            case SessionActionKind.SessionLost:
                OnSessionDown(slot, slot.Negotiated!.RetainedFamilies);
                break;
        }
    }

    private void StartTimer(ConnectionSlot slot, in SessionAction action)
    {
        var duration = action.Timer switch
        {
            // Not those that judge the peer.
            SessionTimer.Hold or SessionTimer.SendHold => action.Duration,
            SessionTimer.IdleHold => IdleHoldTime(slot),
            _ => action.Duration * IdleHoldBackoff.Jitter(_random()),
        };
        slot.Timers.Start(action.Timer, duration);
    }

    private TimeSpan IdleHoldTime(ConnectionSlot slot)
    {
        if (slot.IsIncoming && !_errorWasOurs)
        {
            return TimeSpan.Zero; // listening costs nothing, and a peer that comes back is welcome
        }

        var ceiling = _errorWasOurs ? IdleHoldBackoff.Longest : _settings.ConnectRetryTime;
        return IdleHoldBackoff.Next(slot.State.ConnectRetryCounter, ceiling, _random());
    }

    private void OnSessionUp(ConnectionSlot slot)
    {
        _established = slot;
        _establishedCount++;
        _establishedAt = _time.GetTimestamp();
        _collisionEnds = SessionTimers.After(_time, Collision.CollisionWindow);
        var negotiated = slot.Negotiated!;
        if (slot == _outgoing)
        {
            _outgoing = NewSlot(passive: false); // stays in Idle until the session has ended
        }
        else
        {
            _incoming = NewSlot(passive: true);
            Feed(_incoming, new SessionEvent(SessionEventKind.AutomaticStart));
            if (_outgoing is { State.State: SessionState.Connect or SessionState.Active })
            {
                Feed(_outgoing, new SessionEvent(SessionEventKind.ManualStop));
            }
        }

        OnPeerBack();
        foreach (var family in negotiated.SendsFilters)
        {
            slot.Link!.Output.SendFilters(family, _settings.SentFiltersOf(family));
        }

        slot.Trace = slot.NewTrace(_time.GetUtcNow());
        _ribLane = slot.Link!.Establish(EstablishedLink.Of(slot, _settings, _ribLane));
        LogEstablished(_settings.Name, negotiated.PeerAsn, negotiated.HoldTime.TotalSeconds, negotiated.Families);
    }

    private void OnSessionDown(ConnectionSlot slot, ImmutableArray<AfiSafi> retain)
    {
        slot.Link!.End(retain);
        _established = null;
        _counters.LostSession();
        var lasted = _time.GetElapsedTime(_establishedAt);
        LogDown(_settings.Name, _lastError, lasted.TotalSeconds);
        if (lasted >= StableTime)
        {
            slot.State = slot.State with { ConnectRetryCounter = 1 };
        }

        OnPeerAway(retain, slot.Negotiated!, slot.Link.EndsOfRib);
    }

    /// <summary>The session has ended: the slots that make the next one take over the count
    /// of failures and the stay in Idle that follows from it.</summary>
    private void TakeOver(ConnectionSlot ended)
    {
        var failures = ended.State.ConnectRetryCounter;
        if (_outgoing is { State.State: SessionState.Idle } outgoing)
        {
            outgoing.State = outgoing.State with { ConnectRetryCounter = failures };
            outgoing.Timers.Start(SessionTimer.IdleHold, IdleHoldTime(outgoing));
        }

        if (_errorWasOurs && _incoming.State.State == SessionState.Active)
        {
            _incoming.State = new FsmState(SessionState.Idle, ConnectRetryCounter: failures);
            _incoming.Timers.Start(SessionTimer.IdleHold, IdleHoldTime(_incoming));
        }
    }
}
