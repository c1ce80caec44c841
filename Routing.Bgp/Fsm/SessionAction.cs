using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>An output of the FSM, to be carried out in order.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Timer">With StartTimer and StopTimer.</param>
/// <param name="Duration">With StartTimer. Jitter is the runner's (RFC 4271 §10); so is the whole length of IdleHold,
/// for which this is zero.</param>
/// <param name="Notification">With SendNotification.</param>
internal readonly record struct SessionAction(
    SessionActionKind Kind,
    SessionTimer Timer = default,
    TimeSpan Duration = default,
    NotificationMessage? Notification = null);
