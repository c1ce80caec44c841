using CsCheck;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Fsm;

/// <summary>RFC 4271 §8.2.2, a row an event in a state. Actions are words: "+Hold 90" starts a timer, "-Hold" stops it,
/// "Notify 4/0" sends.</summary>
[TestFixture]
public sealed class SessionFsmTests
{
    private const string Release = "-ConnectRetry -Hold -Keepalive -SendHold DropConnection";
    private const string Confirm = "-ConnectRetry -DelayOpen SendKeepalive +Keepalive 30 +Hold 90";
    private const string ToIdle = Release + " +IdleHold";

    private static readonly FsmConfig Active = new() { ConnectRetryTime = TimeSpan.FromSeconds(5) };
    private static readonly FsmConfig Passive = Active with { Passive = true };
    private static readonly FsmConfig Delayed = Active with { DelayOpenTime = TimeSpan.FromSeconds(2) };

    [TestCase("ManualStart", "Connect", "-IdleHold +ConnectRetry 5 Connect")]
    [TestCase("AutomaticStart", "Connect", "-IdleHold +ConnectRetry 5 Connect")]
    [TestCase("IdleHoldTimerExpired", "Connect", "-IdleHold +ConnectRetry 5 Connect")]
    [TestCase("ManualStop", "Idle", "-IdleHold")]
    [TestCase("AutomaticStop", "Idle", "")]
    [TestCase("TcpConnectionConfirmed", "Idle", "")]
    [TestCase("OpenReceived", "Idle", "")]
    [TestCase("UpdateReceived", "Idle", "")]
    public void In_Idle(string kind, string next, string actions) => Check("Idle", kind, next, actions, Active);

    [TestCase("ManualStart", "Active", "-IdleHold", TestName = "Event 4, a passive start, listens")]
    public void In_Idle_passive(string kind, string next, string actions) =>
        Check("Idle", kind, next, actions, Passive);

    [TestCase("ManualStart", "Connect", "")]
    [TestCase("ManualStop", "Idle", Release)]
    [TestCase("ConnectRetryTimerExpired", "Connect", "DropConnection +ConnectRetry 5 Connect")]
    [TestCase("TcpConnectionAcknowledged", "OpenSent", "-ConnectRetry SendOpen +Hold 240")]
    [TestCase("TcpConnectionConfirmed", "OpenSent", "-ConnectRetry SendOpen +Hold 240")]
    [TestCase("TcpConnectionFailed", "Idle", ToIdle)]
    [TestCase("HeaderError", "Idle", ToIdle)]
    [TestCase("OpenError", "Idle", ToIdle)]
    [TestCase("NotificationReceived", "Idle", ToIdle)]
    [TestCase("AutomaticStop", "Idle", ToIdle)]
    [TestCase("HoldTimerExpired", "Idle", ToIdle)]
    public void In_Connect(string kind, string next, string actions) => Check("Connect", kind, next, actions, Active);

    [TestCase("ManualStop", "Idle", Release)]
    [TestCase("ConnectRetryTimerExpired", "Connect", "+ConnectRetry 5 Connect")]
    [TestCase("TcpConnectionConfirmed", "OpenSent", "-ConnectRetry SendOpen +Hold 240")]
    [TestCase("TcpConnectionFailed", "Idle", ToIdle)]
    [TestCase("UpdateReceived", "Idle", ToIdle)]
    public void In_Active(string kind, string next, string actions) => Check("Active", kind, next, actions, Active);

    [TestCase("ConnectRetryTimerExpired", "Active", "", TestName = "A passive FSM never connects")]
    public void In_Active_passive(string kind, string next, string actions) =>
        Check("Active", kind, next, actions, Passive);

    [TestCase("ManualStart", "OpenSent", "")]
    [TestCase("ManualStop", "Idle", "Notify 6/2 " + Release)]
    [TestCase("AutomaticStop", "Idle", "Notify 6/0 " + ToIdle)]
    [TestCase("HoldTimerExpired", "Idle", "Notify 4/0 " + ToIdle)]
    [TestCase("TcpConnectionFailed", "Active", "DropConnection -Hold +ConnectRetry 5")]
    [TestCase("OpenReceived", "OpenConfirm", "-ConnectRetry SendKeepalive +Keepalive 30 +Hold 90")]
    [TestCase("HeaderError", "Idle", "Notify 1/1 " + ToIdle)]
    [TestCase("OpenError", "Idle", "Notify 1/1 " + ToIdle)]
    [TestCase("CollisionDump", "Idle", "Notify 6/7 " + ToIdle)]
    [TestCase("VersionNotificationReceived", "Idle", Release)]
    [TestCase("NotificationReceived", "Idle", ToIdle)]
    [TestCase("KeepaliveReceived", "Idle", "Notify 5/1 " + ToIdle)]
    [TestCase("UpdateReceived", "Idle", "Notify 5/1 " + ToIdle)]
    [TestCase("ConnectRetryTimerExpired", "Idle", "Notify 5/1 " + ToIdle)]
    [TestCase("KeepaliveTimerExpired", "Idle", "Notify 5/1 " + ToIdle)]
    public void In_OpenSent(string kind, string next, string actions) => Check("OpenSent", kind, next, actions, Active);

    [TestCase("ManualStop", "Idle", "Notify 6/2 " + Release)]
    [TestCase("AutomaticStop", "Idle", "Notify 6/0 " + ToIdle)]
    [TestCase("HoldTimerExpired", "Idle", "Notify 4/0 " + ToIdle)]
    [TestCase("KeepaliveTimerExpired", "OpenConfirm", "SendKeepalive +Keepalive 30")]
    [TestCase("KeepaliveReceived", "Established", "+Hold 90 +SendHold 480 SessionUp")]
    [TestCase("TcpConnectionFailed", "Idle", ToIdle)]
    [TestCase("NotificationReceived", "Idle", ToIdle)]
    [TestCase("VersionNotificationReceived", "Idle", Release)]
    [TestCase("CollisionDump", "Idle", "Notify 6/7 " + ToIdle)]
    [TestCase("OpenReceived", "Idle", "Notify 5/2 " + ToIdle)]
    [TestCase("UpdateReceived", "Idle", "Notify 5/2 " + ToIdle)]
    [TestCase("HeaderError", "Idle", "Notify 1/1 " + ToIdle)]
    public void In_OpenConfirm(string kind, string next, string actions) =>
        Check("OpenConfirm", kind, next, actions, Active);

    [TestCase("ManualStart", "Established", "")]
    [TestCase("ManualStop", "Idle", "SessionDown Notify 6/2 " + Release)]
    [TestCase("AutomaticStop", "Idle", "SessionDown Notify 6/0 " + ToIdle)]
    [TestCase("HoldTimerExpired", "Idle", "SessionDown Notify 4/0 " + ToIdle)]
    [TestCase("KeepaliveTimerExpired", "Established", "SendKeepalive +Keepalive 30")]
    [TestCase("KeepaliveReceived", "Established", "+Hold 90")]
    [TestCase("UpdateReceived", "Established", "+Hold 90")]
    [TestCase("UpdateError", "Idle", "SessionDown Notify 1/1 " + ToIdle)]
    [TestCase("HeaderError", "Idle", "SessionDown Notify 1/1 " + ToIdle)]
    [TestCase("TcpConnectionFailed", "Idle", "SessionLost " + ToIdle)]
    [TestCase("NotificationReceived", "Idle", "SessionDown " + ToIdle)]
    [TestCase("VersionNotificationReceived", "Idle", "SessionDown " + Release)]
    [TestCase("CollisionDump", "Idle", "SessionDown Notify 6/7 " + ToIdle)]
    [TestCase("OpenReceived", "Idle", "SessionDown Notify 5/3 " + ToIdle)]
    [TestCase("SendHoldTimerExpired", "Idle", "SessionDown Notify 8/0 " + ToIdle, TestName = "RFC 9687 §3.3")]
    public void In_Established(string kind, string next, string actions) =>
        Check("Established", kind, next, actions, Active);

    [TestCase("Connect", "TcpConnectionAcknowledged", "Connect", "-ConnectRetry +DelayOpen 2")]
    [TestCase("Active", "TcpConnectionConfirmed", "Active", "-ConnectRetry +DelayOpen 2")]
    public void With_DelayOpen_the_open_waits(string state, string kind, string next, string actions)
    {
        var step = Check(state, kind, next, actions, Delayed);
        Assert.That(step.Next.DelayOpenRunning, Is.True);
    }

    [TestCase("Connect", "DelayOpenTimerExpired", "OpenSent", "-ConnectRetry -DelayOpen SendOpen +Hold 240")]
    [TestCase("Connect", "OpenReceived", "OpenConfirm", "SendOpen " + Confirm)]
    [TestCase("Active", "OpenReceived", "OpenConfirm", "SendOpen " + Confirm)]
    [TestCase("Connect", "TcpConnectionFailed", "Active", "-DelayOpen +ConnectRetry 5")]
    [TestCase("Active", "VersionNotificationReceived", "Idle", "-DelayOpen " + Release)]
    public void While_DelayOpen_runs(string state, string kind, string next, string actions)
    {
        var step = Check(state, kind, next, actions, Delayed, delayOpenRunning: true);
        Assert.That(step.Next.DelayOpenRunning, Is.False);
    }

    [Test]
    public void A_hold_time_of_zero_runs_neither_timer()
    {
        var step = SessionFsm.Step(
            new FsmState(SessionState.OpenSent), new SessionEvent(SessionEventKind.OpenReceived), Active);
        Assert.That(Words(step), Is.EqualTo("-ConnectRetry SendKeepalive -Hold"));
        step = SessionFsm.Step(step.Next, new SessionEvent(SessionEventKind.KeepaliveReceived), Active);
        Assert.That(Words(step), Is.EqualTo("SessionUp"));
    }

    [Test]
    public void A_stop_carries_its_own_reason()
    {
        var step = SessionFsm.Step(
            new FsmState(SessionState.Established),
            new SessionEvent(SessionEventKind.ManualStop, NotificationMessage.Cease(CeaseSubcode.PeerDeconfigured)),
            Active);
        Assert.That(Words(step), Does.Contain("Notify 6/3"));
    }

    [Test]
    public void Failures_are_counted_until_an_operator_steps_in()
    {
        var state = new FsmState(SessionState.Idle);
        for (var failures = 1; failures <= 3; failures++)
        {
            state = SessionFsm.Step(state, new SessionEvent(SessionEventKind.IdleHoldTimerExpired), Active).Next;
            state = SessionFsm.Step(state, new SessionEvent(SessionEventKind.TcpConnectionFailed), Active).Next;
            Assert.That(state.ConnectRetryCounter, Is.EqualTo(failures));
        }

        state = SessionFsm.Step(state, new SessionEvent(SessionEventKind.ManualStart), Active).Next;
        Assert.That(state.ConnectRetryCounter, Is.Zero);
    }

    /// <summary>Any events in any order leave a session that makes sense.</summary>
    [Test]
    public void Any_sequence_of_events_is_legal() =>
        Gen.Enum<SessionEventKind>().Array[0, 60].Select(Gen.Int[0, 2]).Sample((kinds, which) =>
        {
            FsmConfig config = which switch { 0 => Active, 1 => Passive, _ => Delayed };
            var state = new FsmState(SessionState.Idle);
            bool isUp = false, hasConnection = false;
            foreach (var kind in kinds)
            {
                var notification = new NotificationMessage(NotificationCode.MessageHeaderError, 1);
                var @event = new SessionEvent(kind, notification, TimeSpan.FromSeconds(9));
                var step = SessionFsm.Step(state, @event, config);
                foreach (var action in step.Actions)
                {
                    switch (action.Kind)
                    {
                        case SessionActionKind.SessionUp:
                            Assert.That(isUp, Is.False);
                            isUp = true;
                            break;
                        case SessionActionKind.SessionDown or SessionActionKind.SessionLost:
                            Assert.That(isUp, Is.True);
                            isUp = false;
                            break;
                        case SessionActionKind.SendOpen:
                            hasConnection = true;
                            break;
                        case SessionActionKind.SendKeepalive or SessionActionKind.SendNotification:
                            Assert.That(hasConnection, Is.True, "nothing is sent where no OPEN was");
                            break;
                        case SessionActionKind.DropConnection:
                            hasConnection = false;
                            break;
                    }
                }

                state = step.Next;
                Assert.That(isUp, Is.EqualTo(state.State == SessionState.Established));
                Assert.That(hasConnection, Is.EqualTo(state.State >= SessionState.OpenSent));
                var mayDelayOpen = state.State is SessionState.Connect or SessionState.Active;
                Assert.That(state.DelayOpenRunning && !mayDelayOpen, Is.False);
            }
        });

    private static FsmStep Check(
        string state, string kind, string next, string actions, FsmConfig config, bool delayOpenRunning = false)
    {
        var from = Enum.Parse<SessionState>(state);
        var holdTime = TimeSpan.FromSeconds(90);
        var before = new FsmState(from, from >= SessionState.OpenConfirm ? holdTime : default, 0, delayOpenRunning);
        var eventKind = Enum.Parse<SessionEventKind>(kind);
        var isError = eventKind
            is SessionEventKind.HeaderError or SessionEventKind.OpenError or SessionEventKind.UpdateError;
        var notification = isError
            ? new NotificationMessage(NotificationCode.MessageHeaderError, 1)
            : null;
        var step = SessionFsm.Step(before, new SessionEvent(eventKind, notification, holdTime), config);
        Assert.That(step.Next.State.ToString(), Is.EqualTo(next));
        Assert.That(Words(step), Is.EqualTo(actions));
        return step;
    }

    private static string Words(FsmStep step) => string.Join(' ', step.Actions.Select(action => action.Kind switch
    {
        SessionActionKind.StartTimer when action.Timer == SessionTimer.IdleHold => "+IdleHold",
        SessionActionKind.StartTimer => $"+{action.Timer} {action.Duration.TotalSeconds}",
        SessionActionKind.StopTimer => $"-{action.Timer}",
        SessionActionKind.SendNotification => $"Notify {(byte)action.Notification!.Code}/{action.Notification.Subcode}",
        _ => action.Kind.ToString(),
    }));
}
