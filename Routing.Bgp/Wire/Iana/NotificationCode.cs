namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "BGP Error (Notification) Codes" (RFC 4271 §4.5).</summary>
internal enum NotificationCode : byte
{
    MessageHeaderError = 1,
    OpenMessageError = 2,
    UpdateMessageError = 3,
    HoldTimerExpired = 4,
    FiniteStateMachineError = 5,
    Cease = 6,

    /// <summary>RFC 7313 §5.</summary>
    RouteRefreshMessageError = 7,

    /// <summary>RFC 9687 §3.</summary>
    SendHoldTimerExpired = 8,
}
