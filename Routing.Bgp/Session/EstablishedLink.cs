using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>What a link needs once its session is Established.</summary>
/// <param name="Up">What the RIB is told.</param>
/// <param name="Context">What the meaning of UPDATEs depends on.</param>
/// <param name="TakesExtended">We have announced that we take extended messages (RFC 8654).</param>
/// <param name="Before">Ends when the RIB has heard all there was to say of the peer's connection before this
/// one.</param>
internal sealed record EstablishedLink(PeerUp Up, UpdateContext Context, bool TakesExtended, Task Before)
{
    /// <summary>What a slot's connection and its OPENs come to.</summary>
    /// <param name="slot">Has a link, both OPENs and a trace.</param>
    /// <param name="settings">The peer's.</param>
    /// <param name="before">See <see cref="Before"/>.</param>
    public static EstablishedLink Of(ConnectionSlot slot, PeerSessionSettings settings, Task before)
    {
        var negotiated = slot.Negotiated!;
        var context = new UpdateContext(
            negotiated.Families,
            settings.Kind == PathSourceKind.External,
            negotiated.FourOctetAsn,
            negotiated.ReceivesPathIds)
        {
            Rules = settings.UpdateRules,
            ExtendedNextHop = negotiated.ExtendedNextHop,
            MaximumAttributes = settings.MaximumAttributes,
            MaximumAsPathLength = settings.MaximumAsPathLength,
        };
        return new EstablishedLink(UpOf(slot, settings), context, slot.Local!.ExtendedMessages, before);
    }

    private static PeerUp UpOf(ConnectionSlot slot, PeerSessionSettings settings)
    {
        var (connection, negotiated) = (slot.Link!.Connection, slot.Negotiated!);
        var restart = negotiated.PeerCapabilities.OfType<GracefulRestartCapability>().LastOrDefault();
        return new PeerUp
        {
            Peer = settings.Peer,
            Output = slot.Link.Output,
            LimitObserver = slot.Limits,
            PeerAsn = negotiated.PeerAsn,
            LocalAsn = slot.Local!.Asn,
            PeerIdentifier = negotiated.PeerIdentifier,
            PeerAddress = connection.RemoteEndPoint.Address,
            LocalAddress = connection.LocalEndPoint.Address,
            LocalAddressOfOtherFamily = connection.LocalAddressOfOtherFamily,
            LocalInterface = connection.LocalInterface,
            Families = negotiated.Families,
            ForwardingPreserved = negotiated.ForwardingPreserved,
            LongLivedPreserved = negotiated.LongLivedPreserved,
            NotificationRestart = negotiated.NotificationRestart,
            KeepsLongLived = negotiated.LongLivedRestart is not null,
            FourOctetAsn = negotiated.FourOctetAsn,
            ExtendedMessages = negotiated.ExtendedMessages,
            ExtendedNextHop = negotiated.ExtendedNextHop,
            EnhancedRefresh = negotiated.EnhancedRefresh,
            ReceivesFilters = negotiated.ReceivesFilters,
            ReceivesPathIds = negotiated.ReceivesPathIds,
            SendsPathIds = negotiated.SendsPathIds,
            Restarting = restart is { RestartState: true },
            SendsEndOfRib = restart is not null,
            Trace = slot.Trace,
        };
    }
}
