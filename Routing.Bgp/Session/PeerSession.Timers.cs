using Routing.Bgp.Fsm;

namespace Routing.Bgp.Session;

/// <summary>Timers: deadlines that the loop looks at, and one timer of the clock that wakes it for the
/// earliest.</summary>
internal sealed partial class PeerSession
{
    private void RunTimers()
    {
        foreach (var slot in Slots().ToList())
        {
            while (slot.Timers.TryTakeDue(out var timer))
            {
                OnTimer(slot, timer);
            }
        }

        RunRestartTimer();
        RunLimitTimer();
    }

    private void OnTimer(ConnectionSlot slot, SessionTimer timer)
    {
        switch (timer)
        {
            case SessionTimer.Hold when HoldTimeLeft(slot) is { } left:
                slot.Timers.Start(SessionTimer.Hold, left);
                break;
            case SessionTimer.Hold:
                NoteError("the hold timer expired");
                _counters.HoldTimerExpired();
                Feed(slot, new SessionEvent(SessionEventKind.HoldTimerExpired));
                break;
            case SessionTimer.SendHold when SendHoldTimeLeft(slot) is { } left:
                slot.Timers.Start(SessionTimer.SendHold, left);
                break;
            case SessionTimer.SendHold:
                NoteError("the peer has taken nothing of what we send: the send hold timer expired");
                Feed(slot, new SessionEvent(SessionEventKind.SendHoldTimerExpired));
                break;
            case SessionTimer.IdleHold when slot == _outgoing && _established is not null:
                break; // nothing to connect for; the end of the session starts the timer again
            case SessionTimer.IdleHold:
                Feed(slot, new SessionEvent(SessionEventKind.IdleHoldTimerExpired));
                break;
            case SessionTimer.ConnectRetry:
                Feed(slot, new SessionEvent(SessionEventKind.ConnectRetryTimerExpired));
                break;
            case SessionTimer.Keepalive:
                Feed(slot, new SessionEvent(SessionEventKind.KeepaliveTimerExpired));
                break;
            case SessionTimer.DelayOpen:
                Feed(slot, new SessionEvent(SessionEventKind.DelayOpenTimerExpired));
                break;
        }
    }

    /// <summary>In Established the reader only notes when messages come; the timer, when it fires, is set again for
    /// what is left since then, which comes to the same as restarting it with each message.</summary>
    private TimeSpan? HoldTimeLeft(ConnectionSlot slot)
    {
        if (slot.State.State != SessionState.Established || slot.Link is not { } link)
        {
            return null;
        }

        if (link.IsHeldUp)
        {
            return slot.State.HoldTime / 3;
        }

        var left = slot.State.HoldTime - _time.GetElapsedTime(link.LastReceived);
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Likewise: the writer notes when a write begins that has not ended.</summary>
    private TimeSpan? SendHoldTimeLeft(ConnectionSlot slot)
    {
        var twice = 2 * slot.State.HoldTime;
        var sendHoldTime = twice > slot.Config.SendHoldTime ? twice : slot.Config.SendHoldTime;
        var left = slot.Link?.WritingSince is { } since ? sendHoldTime - _time.GetElapsedTime(since) : sendHoldTime;
        return left > TimeSpan.Zero ? left : null;
    }

    private void Arm(ITimer wakeUp)
    {
        var earliest = Slots()
            .Select(slot => slot.Timers.Earliest)
            .Append(_retention.Earliest)
            .Append(_established?.Link?.Refreshes.Earliest)
            .Append(_limitDeadline)
            .Min();
        var due = earliest is { } deadline
            ? TimeSpan.FromSeconds(Math.Max(0, (deadline - _time.GetTimestamp()) / (double)_time.TimestampFrequency))
            : Timeout.InfiniteTimeSpan;

        // Rounded up to a whole millisecond, a timer's unit: waking just too early would only mean waking again.
        wakeUp.Change(
            due == Timeout.InfiniteTimeSpan ? due : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)),
            Timeout.InfiniteTimeSpan);
    }
}
