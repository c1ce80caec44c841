using System.Collections.Immutable;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Speaker;

/// <summary>Puts together what session and RIB know of a neighbour.</summary>
internal static class PeerStatusReader
{
    /// <summary>The RIB's part; runs on its thread.</summary>
    public static ImmutableArray<PeerFamilyStatus> ReadFamilies(Rib.Rib rib, PeerIndex index) =>
        !rib.Peers.TryGetValue(index, out var peer)
            ? []
            : [.. (peer.Session?.Families ?? peer.Config.Families).Select(family =>
            {
                var received = rib[family].In(index);
                return new PeerFamilyStatus(
                    family, received.Received, received.Accepted, received.Stale, rib[family].Out.CountAdvertisedTo(index));
            })];

    /// <summary>The whole.</summary>
    public static PeerStatus Read(SpeakerPeer peer, ImmutableArray<PeerFamilyStatus> families)
    {
        var session = peer.Session.Status;
        return new PeerStatus
        {
            Name = peer.Name,
            Address = peer.Address,
            Asn = peer.Config.Asn,
            IsDynamic = peer.IsDynamic,
            State = session.State,
            Since = session.Since,
            Families = families,
            MessagesReceived = session.MessagesIn,
            MessagesSent = session.MessagesOut,
            HoldTime = session.HoldTime ?? peer.Config.Timers.HoldTime,
            LastError = session.LastError,
        };
    }
}
