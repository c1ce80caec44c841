using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>An input of the FSM.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Notification">With an error event: what the peer is to be told. With a stop: the reason, or null for
/// the plain one. With a NOTIFICATION received: that.</param>
/// <param name="HoldTime">With <see cref="SessionEventKind.OpenReceived"/>: the negotiated hold time.</param>
internal readonly record struct SessionEvent(
    SessionEventKind Kind, NotificationMessage? Notification = null, TimeSpan HoldTime = default);
