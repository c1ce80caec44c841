using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>BFD (RFC 5882): when it finds the path down, the session ends at once instead of when Hold expires.</summary>
internal sealed partial class PeerSession
{
    private int _bfdFailures; // those that have been looked at

    /// <summary>Looked at on every turn; what changes BFD's mind only wakes the loop.</summary>
    private void CheckBfd()
    {
        var status = _bfd?.Status;
        var failures = status?.Failures ?? 0;
        var hasFailed = failures > _bfdFailures;
        _bfdFailures = failures;
        if (!hasFailed || _established is not { } slot)
        {
            return; // BGP finds a path that fails before Established by itself
        }

        NoteError($"BFD found the path down: {status!.Diagnostic}");
        Feed(slot, MayBeRestarting(slot, status.RemoteIsControlPlaneIndependent)
            ? new SessionEvent(SessionEventKind.TcpConnectionFailed)
            : new SessionEvent(SessionEventKind.AutomaticStop, NotificationMessage.Cease(CeaseSubcode.BfdDown)));
    }

    /// <summary>RFC 5882 §4.3: BFD that ends with the peer's control plane says nothing of its forwarding plane, so with
    /// graceful restart it may be what TCP's failure is. With the C bit it is the forwarding plane that
    /// failed. Only where asked for, since it keeps the routes of a peer that is truly gone.</summary>
    private bool MayBeRestarting(ConnectionSlot slot, bool peerIsIndependent) =>
        _bfd!.Options is { CheckControlPlaneFailure: true } && !peerIsIndependent
        && !slot.Negotiated!.RetainedFamilies.IsEmpty;
}
