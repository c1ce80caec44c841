namespace Routing.Bgp.Fsm;

/// <summary>All that the FSM remembers between events.</summary>
/// <param name="State">The state.</param>
/// <param name="HoldTime">The negotiated hold time; meaningful from OpenConfirm on.</param>
/// <param name="ConnectRetryCounter">Failures since the last manual start or stop (RFC 4271 §8, attribute 2); the
/// length of IdleHold follows from it.</param>
/// <param name="DelayOpenRunning">The DelayOpenTimer runs: tells Event 20 from Event 19.</param>
internal readonly record struct FsmState(
    SessionState State, TimeSpan HoldTime = default, int ConnectRetryCounter = 0, bool DelayOpenRunning = false);
