using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>Puts together what session and RIB know of a neighbour.</summary>
internal static class PeerStatusReader
{
    /// <summary>The RIB's part, of all neighbours; runs on its thread.</summary>
    public static Dictionary<PeerIndex, ImmutableArray<PeerFamilyStatus>> ReadFamilies(RibTables rib)
    {
        var advertised = rib.Families.ToDictionary(family => family.Family, family => family.Out.CountAdvertised());
        return rib.Peers.Values.ToDictionary(peer => peer.Index, peer => ReadFamilies(rib, peer, advertised));
    }

    private static ImmutableArray<PeerFamilyStatus> ReadFamilies(
        RibTables rib, RibPeer peer, Dictionary<AfiSafi, IReadOnlyDictionary<PeerIndex, int>> advertised) =>
            [.. (peer.Session?.Families ?? peer.Config.Families).Select(family =>
            {
                var received = rib[family].In(peer.Index);
                return new PeerFamilyStatus(
                    family,
                    received.Received,
                    received.Accepted,
                    received.Stale,
                    advertised[family].GetValueOrDefault(peer.Index),
                    peer.Session?.ReceivesPathIds.Contains(family) == true,
                    peer.Session?.SendsPathIds.Contains(family) == true)
                {
                    Maximum = peer.Config.Limits.FirstOrDefault(limit => limit.Family == family)?.Maximum,
                    Rejected = received.Rejected,
                    Refused = received.Refused,
                    LongLivedStale = received.LongLived,
                    Filters = ReadFilters(peer, family),
                };
            })];

    private static ReceivedFilterStatus? ReadFilters(RibPeer peer, AfiSafi family)
    {
        if (peer.Session?.ReceivesFilters.Contains(family) != true)
        {
            return null;
        }

        var filters = peer.Filters.GetValueOrDefault(family) ?? new ReceivedFilters();
        return new ReceivedFilterStatus(
            [.. filters.Entries.Select(each => new WantedPrefix(!each.IsDeny, each.Prefix, each.MinLength, each.MaxLength))])
        {
            IsAwaited = peer.AwaitedFilters.Contains(family),
            IsDeferred = filters.IsDeferred,
            IsUnusable = filters.IsUnusable,
        };
    }

    /// <summary>The whole.</summary>
    public static PeerStatus Read(
        SpeakerPeer peer, ImmutableArray<PeerFamilyStatus> families, DateTimeOffset now)
    {
        var session = peer.Session.Status;
        return new PeerStatus
        {
            Name = peer.Name,
            Address = peer.Address,
            Asn = session.NegotiatedAsn ?? peer.Config.Asn,
            IsDynamic = peer.IsDynamic,
            State = session.State,
            Since = session.Since,
            Uptime = session.State == SessionState.Established ? now - session.Since : TimeSpan.Zero,
            Families = families,
            HoldTime = session.HoldTime ?? peer.Config.Timers.HoldTime,
            ShutdownReason = peer.ShutdownReason,
            LastError = session.LastError,
            Session = ReadSession(session),
            Transport = ReadTransport(session, peer),
            Relation = ReadRelation(peer),
            Messages = ReadMessages(session),
            Restart = ReadRestart(session),
            Bfd = peer.Bfd.Status,
        };
    }

    private static PeerSessionStatus ReadSession(SessionStatus session) => new()
    {
        Identifier = session.PeerIdentifier,
        Capabilities = [.. session.PeerCapabilities.Select(CapabilityText.Describe).Distinct()],
        EstablishedCount = session.EstablishedCount,
        Flaps = session.SessionsLost,
        HoldTimerExpiries = session.HoldTimerExpiries,
        LastErrorAt = session.LastErrorAt,
    };

    private static PeerTransportStatus ReadTransport(SessionStatus session, SpeakerPeer peer)
    {
        var options = peer.Config.Transport;
        var connection = options.ToConnectionOptions(peer.Kind != PathSourceKind.Internal);
        return new PeerTransportStatus
        {
            Local = session.LocalEndPoint,
            Remote = session.RemoteEndPoint,
            IsPassive = options.Passive || peer.Config.AddressRange is not null,
            Authentication = options.Password is not null ? "TCP MD5"
                : options.AoKeys.Keys is { IsEmpty: false } keys ? $"TCP-AO, {keys.Length} keys"
                : null,
            Ttl = connection.Ttl,
            LeastTtl = connection.LeastTtl,
            Interface = options.Interface,
        };
    }

    private static PeerRelationStatus ReadRelation(SpeakerPeer peer) => new()
    {
        IsDraining = peer.IsDraining,
        IsExternal = peer.Kind == PathSourceKind.External,
        IsConfederation = peer.Kind == PathSourceKind.Confederation,
        LocalAsn = peer.Session.Status.LocalAsn ?? peer.Session.Settings.LocalAsn,
        RouteReflectorClient = peer.Config.RouteReflectorClient,
        RouteServerClient = peer.Config.Relation.RouteServerClient,
        Role = peer.Config.Relation.Role,
        AsPath = peer.Config.AsPath,
        Attributes = peer.Config.Attributes,
        Aigp = PeerProfiles.CarriesAigp(peer.Kind, peer.Config),
        EnforcesFirstAs = PeerProfiles.EnforcesFirstAs(peer.Kind, peer.Config),
        PeerRole = peer.Session.Status.PeerCapabilities.OfType<RoleCapability>().FirstOrDefault()?.Role,
    };

    private static PeerMessageStatus ReadMessages(SessionStatus session) => new()
    {
        Received = session.Received,
        Sent = session.Sent,
        OctetsReceived = session.OctetsIn,
        OctetsSent = session.OctetsOut,
        NotificationsReceived = session.NotificationsReceived,
        NotificationsSent = session.NotificationsSent,
        TreatedAsWithdraw = session.TreatedAsWithdraw,
        AttributesDiscarded = session.AttributesDiscarded,
    };

    private static PeerRestartStatus ReadRestart(SessionStatus session) => new()
    {
        IsNegotiated = session.GracefulRestart is not null,
        PeerRestartTime = session.GracefulRestart is { } capability
            ? TimeSpan.FromSeconds(capability.RestartTimeSeconds)
            : null,
        IsNotificationNegotiated = session.NotificationRestart,
        PeerLongLivedStaleTime = session.LongLivedRestart is { Families: { IsEmpty: false } families }
            ? TimeSpan.FromSeconds(families.Max(family => family.StaleTimeSeconds))
            : null,
        RetainsForLong = session.RetainsForLong,
        RetainsRoutes = session.RetainsRoutes,
    };
}
