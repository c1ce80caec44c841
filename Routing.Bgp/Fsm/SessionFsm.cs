using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using static Routing.Bgp.Fsm.SessionActionKind;
using static Routing.Bgp.Fsm.SessionEventKind;

namespace Routing.Bgp.Fsm;

/// <summary>The state machine of RFC 4271 §8.2.2 as a pure function; one state per connection, as §8.2.1 has it.
/// Sockets, clocks and the collision of two connections belong to the session that runs it.</summary>
/// <remarks>
/// <code>
///         start            connected           OPEN              KEEPALIVE
///  Idle --------> Connect ----------> OpenSent ----> OpenConfirm ----------> Established
///    \              ^ | failed, with DelayOpen  ^
///     \ start,      | v                         |
///      -----------> Active ---------------------+          any error, stop or NOTIFICATION: Idle
///        passive            connected
/// </code>
/// Where we differ, beside the code: a NOTIFICATION is never answered with another (§6.4), a header or OPEN error has
/// its own code in every state (§6.1, §6.2), and a passive FSM never connects.
/// </remarks>
internal static class SessionFsm
{
    /// <summary>The answer to an event.</summary>
    public static FsmStep Step(FsmState state, SessionEvent @event, FsmConfig config)
    {
        var step = new FsmStepBuilder(state, config);
        switch (state.State)
        {
            case SessionState.Idle:
                OnIdle(step, @event);
                break;
            case SessionState.Connect:
                OnConnect(step, @event);
                break;
            case SessionState.Active:
                OnActive(step, @event);
                break;
            case SessionState.OpenSent:
                OnOpenSent(step, @event);
                break;
            case SessionState.OpenConfirm:
                OnOpenConfirm(step, @event);
                break;
            default:
                OnEstablished(step, @event);
                break;
        }

        return step.Build();
    }

    private static void OnIdle(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart:
                step.ResetCounter();
                step.Start();
                break;
            case AutomaticStart or IdleHoldTimerExpired:
                step.Start();
                break;
            case ManualStop:
                step.ResetCounter();
                step.Stop(SessionTimer.IdleHold);
                break;
            default:
                break; // nothing else means anything in Idle
        }
    }

    private static void OnConnect(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart or AutomaticStart:
                break;
            case ManualStop:
                step.ResetCounter();
                step.ToIdleWithoutDamping();
                break;
            case ConnectRetryTimerExpired:
                step.Do(DropConnection);
                step.StopDelayOpen();
                step.Connect();
                break;
            case DelayOpenTimerExpired:
                step.SendOpen();
                break;
            case TcpConnectionAcknowledged or TcpConnectionConfirmed:
                step.Connected(SessionState.Connect);
                break;
            case TcpConnectionFailed when step.DelayOpenRunning:
                step.StopDelayOpen();
                step.StartConnectRetry();
                step.To(SessionState.Active);
                break;
            case TcpConnectionFailed:
                step.ToIdle();
                break;
            case OpenReceived when step.DelayOpenRunning:
                step.Do(SendOpen);
                step.OpenConfirmed(@event.HoldTime);
                break;
            case VersionNotificationReceived when step.DelayOpenRunning:
                step.ToIdleWithoutDamping();
                break;
            default:
                step.ToIdle();
                break;
        }
    }

    private static void OnActive(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart or AutomaticStart:
                break;
            case ManualStop:
                step.ResetCounter();
                step.ToIdleWithoutDamping();
                break;
            case ConnectRetryTimerExpired when step.Passive:
                break;
            case ConnectRetryTimerExpired:
                step.Connect();
                break;
            case DelayOpenTimerExpired:
                step.SendOpen();
                break;
            case TcpConnectionAcknowledged or TcpConnectionConfirmed:
                step.Connected(SessionState.Active);
                break;
            case OpenReceived when step.DelayOpenRunning:
                step.Do(SendOpen);
                step.OpenConfirmed(@event.HoldTime);
                break;
            case VersionNotificationReceived when step.DelayOpenRunning:
                step.ToIdleWithoutDamping();
                break;
            default:
                step.ToIdle();
                break;
        }
    }

    private static void OnOpenSent(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart or AutomaticStart:
                break;
            case TcpConnectionFailed:
                step.Do(DropConnection);
                step.Stop(SessionTimer.Hold);
                step.Listen();
                break;
            case OpenReceived:
                step.OpenConfirmed(@event.HoldTime);
                break;
            default:
                LeaveOpen(step, @event, FsmErrorSubcode.UnexpectedMessageInOpenSent);
                break;
        }
    }

    private static void OnOpenConfirm(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart or AutomaticStart:
                break;
            case KeepaliveTimerExpired:
                step.SendKeepalive();
                break;
            case KeepaliveReceived:
                step.RestartHold();
                step.StartSendHold();
                step.To(SessionState.Established);
                step.Do(SessionUp);
                break;
            case TcpConnectionFailed:
                step.ToIdle();
                break;
            default:
                LeaveOpen(step, @event, FsmErrorSubcode.UnexpectedMessageInOpenConfirm);
                break;
        }
    }

    private static void OnEstablished(FsmStepBuilder step, SessionEvent @event)
    {
        switch (@event.Kind)
        {
            case ManualStart or AutomaticStart:
                break;
            case KeepaliveTimerExpired:
                step.SendKeepalive();
                break;
            case KeepaliveReceived or UpdateReceived:
                step.RestartHold();
                break;
            case TcpConnectionFailed:
                step.Do(SessionLost);
                step.ToIdle();
                break;
            default:
                step.Do(SessionDown);
                LeaveOpen(step, @event, FsmErrorSubcode.UnexpectedMessageInEstablished);
                break;
        }
    }

    /// <summary>What ends a connection on which an OPEN was sent, alike in the last three states.</summary>
    private static void LeaveOpen(FsmStepBuilder step, SessionEvent @event, FsmErrorSubcode unexpected)
    {
        switch (@event.Kind)
        {
            case ManualStop:
                step.Notify(@event.Notification ?? NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown));
                step.ResetCounter();
                step.ToIdleWithoutDamping();
                break;
            case AutomaticStop:
                step.Notify(@event.Notification ?? NotificationMessage.Cease(CeaseSubcode.Unspecific));
                step.ToIdle();
                break;
            case HoldTimerExpired:
                step.Notify(new NotificationMessage(NotificationCode.HoldTimerExpired, 0));
                step.ToIdle();
                break;
            case HeaderError or OpenError or UpdateError when @event.Notification is { } notification:
                step.Notify(notification);
                step.ToIdle();
                break;
            case CollisionDump:
                step.Notify(NotificationMessage.Cease(CeaseSubcode.ConnectionCollisionResolution));
                step.ToIdle();
                break;
            case VersionNotificationReceived:
                step.ToIdleWithoutDamping();
                break;
            case NotificationReceived:
                step.ToIdle();
                break;
            case SendHoldTimerExpired:
                // RFC 9687 §3.3: sent where that delays nothing. The session goes to Idle at once; the closing link has
                // a few seconds in which the peer may yet read on.
                step.Notify(new NotificationMessage(NotificationCode.SendHoldTimerExpired, 0));
                step.ToIdle();
                break;
            default:
                step.Notify(new NotificationMessage(NotificationCode.FiniteStateMachineError, (byte)unexpected));
                step.ToIdle();
                break;
        }
    }
}
