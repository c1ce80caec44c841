using System.Collections.Immutable;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>The phrases that RFC 4271 §8.2.2 repeats from state to state, each once.</summary>
internal sealed class FsmStepBuilder(FsmState state, FsmConfig config)
{
    private readonly ImmutableArray<SessionAction>.Builder _actions = ImmutableArray.CreateBuilder<SessionAction>();
    private FsmState _state = state;

    public bool Passive => config.Passive;

    public bool DelayOpenRunning => _state.DelayOpenRunning;

    public FsmStep Build() => new(_state, _actions.DrainToImmutable());

    public void To(SessionState next) => _state = _state with { State = next };

    public void Do(SessionActionKind kind) => _actions.Add(new SessionAction(kind));

    public void Stop(SessionTimer timer) => _actions.Add(new SessionAction(SessionActionKind.StopTimer, timer));

    public void Notify(NotificationMessage notification) =>
        _actions.Add(new SessionAction(SessionActionKind.SendNotification, Notification: notification));

    public void ResetCounter() => _state = _state with { ConnectRetryCounter = 0 };

    /// <summary>Leaves Idle: connects, or listens when passive.</summary>
    public void Start()
    {
        Stop(SessionTimer.IdleHold);
        if (config.Passive)
        {
            To(SessionState.Active);
        }
        else
        {
            Connect();
        }
    }

    /// <summary>"Starts the ConnectRetryTimer with the initial value, initiates a TCP connection, changes its state to
    /// Connect."</summary>
    public void Connect()
    {
        StartConnectRetry();
        Do(SessionActionKind.Connect);
        To(SessionState.Connect);
    }

    /// <summary>"Continues to listen": Active, and the timer that will connect again unless passive.</summary>
    public void Listen()
    {
        if (!config.Passive)
        {
            StartConnectRetry();
        }

        To(SessionState.Active);
    }

    public void StartConnectRetry() => StartTimer(SessionTimer.ConnectRetry, config.ConnectRetryTime);

    /// <summary>A TCP connection stands: OPEN at once, or after DelayOpenTime.</summary>
    public void Connected(SessionState waiting)
    {
        if (config.DelayOpenTime > TimeSpan.Zero)
        {
            Stop(SessionTimer.ConnectRetry);
            StartTimer(SessionTimer.DelayOpen, config.DelayOpenTime);
            _state = _state with { State = waiting, DelayOpenRunning = true };
        }
        else
        {
            SendOpen();
        }
    }

    /// <summary>"Sends an OPEN message, sets the HoldTimer to a large value, changes its state to OpenSent."</summary>
    public void SendOpen()
    {
        Stop(SessionTimer.ConnectRetry);
        StopDelayOpen();
        Do(SessionActionKind.SendOpen);
        StartTimer(SessionTimer.Hold, config.OpenHoldTime);
        To(SessionState.OpenSent);
    }

    /// <summary>Both OPENs are exchanged: a KEEPALIVE, and the timers at their negotiated values; zero runs
    /// none.</summary>
    public void OpenConfirmed(TimeSpan holdTime)
    {
        _state = _state with { HoldTime = holdTime };
        Stop(SessionTimer.ConnectRetry);
        StopDelayOpen();
        SendKeepalive();
        if (holdTime == TimeSpan.Zero)
        {
            Stop(SessionTimer.Hold);
        }

        RestartHold();
        To(SessionState.OpenConfirm);
    }

    /// <summary>Sends a KEEPALIVE and, with a hold time, starts the timer for the next: a third of it (RFC 4271
    /// §10).</summary>
    public void SendKeepalive()
    {
        Do(SessionActionKind.SendKeepalive);
        if (_state.HoldTime > TimeSpan.Zero)
        {
            StartTimer(SessionTimer.Keepalive, _state.HoldTime / 3);
        }
    }

    public void RestartHold()
    {
        if (_state.HoldTime > TimeSpan.Zero)
        {
            StartTimer(SessionTimer.Hold, _state.HoldTime);
        }
    }

    /// <summary>RFC 9687 §3.2; without a hold time nobody watches the connection.</summary>
    public void StartSendHold()
    {
        if (_state.HoldTime > TimeSpan.Zero)
        {
            var twice = 2 * _state.HoldTime;
            StartTimer(SessionTimer.SendHold, twice > config.SendHoldTime ? twice : config.SendHoldTime);
        }
    }

    public void StopDelayOpen()
    {
        if (_state.DelayOpenRunning)
        {
            Stop(SessionTimer.DelayOpen);
            _state = _state with { DelayOpenRunning = false };
        }
    }

    /// <summary>"Increments the ConnectRetryCounter by 1, performs peer oscillation damping, changes its state to
    /// Idle."</summary>
    public void ToIdle()
    {
        _state = _state with { ConnectRetryCounter = _state.ConnectRetryCounter + 1 };
        ToIdleWithoutDamping();
        StartTimer(SessionTimer.IdleHold, TimeSpan.Zero);
    }

    /// <summary>"Releases all BGP resources, drops the TCP connection, changes its state to Idle."</summary>
    public void ToIdleWithoutDamping()
    {
        StopDelayOpen();
        Stop(SessionTimer.ConnectRetry);
        Stop(SessionTimer.Hold);
        Stop(SessionTimer.Keepalive);
        Stop(SessionTimer.SendHold);
        Do(SessionActionKind.DropConnection);
        _state = _state with { State = SessionState.Idle, HoldTime = TimeSpan.Zero };
    }

    private void StartTimer(SessionTimer timer, TimeSpan duration) =>
        _actions.Add(new SessionAction(SessionActionKind.StartTimer, timer, duration));
}
