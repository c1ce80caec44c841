using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>Graceful restart after a NOTIFICATION or an expired hold timer, once both sides have announced it
/// (RFC 8538).</summary>
internal static class NotificationRestart
{
    /// <summary>What the peer is told: the reasons that stand for long become a Hard Reset, as RFC 8538 §5.1 advises. An
    /// operator's reset is one too: who clears a session wants nothing of it kept. So is a path that BFD found
    /// broken (RFC 9384 §3): what is kept would be sent into it.</summary>
    public static NotificationMessage ToSend(NotificationMessage notification)
    {
        var isHard = notification is
        {
            Code: NotificationCode.Cease,
            Subcode: (byte)CeaseSubcode.MaximumNumberOfPrefixesReached or (byte)CeaseSubcode.AdministrativeShutdown
                or (byte)CeaseSubcode.PeerDeconfigured or (byte)CeaseSubcode.AdministrativeReset
                or (byte)CeaseSubcode.BfdDown,
        };
        return isHard ? notification.ToHardReset() : notification;
    }

    /// <summary>True when routes are kept at the end of the session (RFC 8538 §4): not after a Hard Reset, sent or
    /// received.</summary>
    /// <param name="event">What ended it.</param>
    /// <param name="sent">The NOTIFICATION that it makes us send.</param>
    public static bool KeepsRoutes(SessionEvent @event, NotificationMessage? sent) =>
        @event.Kind != SessionEventKind.ManualStop
        && (sent ?? @event.Notification) is not { IsHardReset: true };
}
