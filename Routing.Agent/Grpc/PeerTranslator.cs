using Google.Protobuf.Collections;
using Routing.Agent.BgpConfig;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Bfd;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Session;
using Routing.Bgp.Speaker;
using MessageCounts = Routing.Agent.Grpc.Protocol.MessageCounts;

namespace Routing.Agent.Grpc;

/// <summary>A neighbour's status as a message: a method for each concern.</summary>
internal static class PeerTranslator
{
    /// <param name="peer">The status.</param>
    /// <param name="now">The moment from which ages count.</param>
    public static Peer Translate(PeerStatus peer, DateTimeOffset now)
    {
        var result = new Peer
        {
            Name = peer.Name,
            Address = peer.Address.ToString(),
            Asn = peer.Asn,
            State = peer.State.ToString(),
            StateSeconds = (now - peer.Since).TotalSeconds,
            MessagesReceived = (ulong)peer.Messages.Received.Total,
            MessagesSent = (ulong)peer.Messages.Sent.Total,
            HoldSeconds = peer.HoldTime.TotalSeconds,
            LastError = peer.LastError ?? "",
            Session = Translate(peer.Session, now),
            Transport = Translate(peer.Transport),
            Relation = Translate(peer.Relation),
            Messages = Translate(peer.Messages),
            Restart = Translate(peer.Restart),
            Administration = new PeerAdministration
            {
                ShutDown = peer.ShutdownReason is not null,
                ShutdownReason = peer.ShutdownReason ?? "",
            },
            Bfd = peer.Bfd is { } bfd ? Translate(bfd, now) : null,
        };
        result.Families.AddRange(peer.Families.Select(Translate));
        return result;
    }

    private static PeerFamily Translate(PeerFamilyStatus family)
    {
        var result = new PeerFamily
        {
            Family = Families.NameOf(family.Family),
            Received = (uint)family.Received,
            Accepted = (uint)family.Accepted,
            Stale = (uint)family.Stale,
            Advertised = (uint)family.Advertised,
            ReceivesPaths = family.ReceivesPaths,
            SendsPaths = family.SendsPaths,
            Rejected = (uint)family.Rejected,
            Refused = (ulong)family.Refused,
            LongLivedStale = (uint)family.LongLivedStale,
            Filters = family.Filters is { } filters ? Translate(filters) : null,
        };
        if (family.Maximum is { } maximum)
        {
            result.Maximum = (uint)maximum;
        }

        return result;
    }

    private static ReceivedFilters Translate(ReceivedFilterStatus filters)
    {
        var result = new ReceivedFilters
        {
            Awaited = filters.IsAwaited,
            Deferred = filters.IsDeferred,
            Unusable = filters.IsUnusable,
        };
        result.Entries.AddRange(filters.Entries.Select(entry => new ReceivedFilter
        {
            Action = entry.Wanted ? "Accept" : "Reject",
            Prefix = entry.Prefix.ToString(),
            MinLength = (uint)entry.MinLength,
            MaxLength = (uint)entry.MaxLength,
        }));
        return result;
    }

    private static Protocol.PeerSession Translate(PeerSessionStatus session, DateTimeOffset now)
    {
        var result = new Protocol.PeerSession
        {
            Identifier = session.Identifier?.ToString() ?? "",
            EstablishedCount = (uint)session.EstablishedCount,
            Flaps = (ulong)session.Flaps,
            HoldTimerExpiries = (ulong)session.HoldTimerExpiries,
        };
        result.Capabilities.AddRange(session.Capabilities);
        if (session.LastErrorAt is { } lastErrorAt)
        {
            result.LastErrorSecondsAgo = (now - lastErrorAt).TotalSeconds;
        }

        return result;
    }

    private static PeerTransport Translate(PeerTransportStatus transport) => new()
    {
        Local = transport.Local?.ToString() ?? "",
        Remote = transport.Remote?.ToString() ?? "",
        Passive = transport.IsPassive,
        Authentication = transport.Authentication ?? "",
        Ttl = (uint)transport.Ttl,
        LeastTtl = (uint)transport.LeastTtl,
        Interface = transport.Interface ?? "",
    };

    private static PeerRelation Translate(PeerRelationStatus relation)
    {
        var result = new PeerRelation
        {
            External = relation.IsExternal,
            Confederation = relation.IsConfederation,
            LocalAsn = relation.LocalAsn,
            RouteReflectorClient = relation.RouteReflectorClient,
            RouteServerClient = relation.RouteServerClient,
            Role = relation.Role?.ToString() ?? "",
            PeerRole = relation.PeerRole?.ToString() ?? "",
            Draining = relation.IsDraining,
            NextHopMode = relation.Attributes.NextHop.ToString(),
            Aigp = relation.Aigp,
            AcceptsGracefulShutdown = relation.Attributes.HonourGracefulShutdown,
            AcceptsBlackhole = relation.Attributes.HonourBlackhole,
        };
        result.SentCommunities.AddRange(
            Enum.GetValues<SentCommunities>()
                .Where(kind => kind is not SentCommunities.None and not SentCommunities.All
                    && relation.Attributes.SendCommunities.HasFlag(kind))
                .Select(kind => kind.ToString()));
        result.AsPath.AddRange(AsPathWords.Describe(relation));
        return result;
    }

    private static PeerMessages Translate(PeerMessageStatus messages)
    {
        var result = new PeerMessages
        {
            Received = Translate(messages.Received),
            Sent = Translate(messages.Sent),
            OctetsReceived = (ulong)messages.OctetsReceived,
            OctetsSent = (ulong)messages.OctetsSent,
            TreatedAsWithdraw = (ulong)messages.TreatedAsWithdraw,
            AttributesDiscarded = (ulong)messages.AttributesDiscarded,
        };
        Fill(result.NotificationsReceived, messages.NotificationsReceived);
        Fill(result.NotificationsSent, messages.NotificationsSent);
        return result;
    }

    private static PeerRestart Translate(PeerRestartStatus restart)
    {
        var result = new PeerRestart
        {
            Negotiated = restart.IsNegotiated,
            Notification = restart.IsNotificationNegotiated,
            RetainsRoutes = restart.RetainsRoutes,
            RetainsForLong = restart.RetainsForLong,
        };
        if (restart.PeerRestartTime is { } time)
        {
            result.PeerRestartSeconds = time.TotalSeconds;
        }

        if (restart.PeerLongLivedStaleTime is { } longLived)
        {
            result.PeerLongLivedSeconds = longLived.TotalSeconds;
        }

        return result;
    }

    private static Protocol.PeerBfd Translate(BfdStatus bfd, DateTimeOffset now) => new()
    {
        State = bfd.State.ToString(),
        StateSeconds = (now - bfd.Since).TotalSeconds,
        RemoteState = bfd.RemoteState.ToString(),
        Diagnostic = bfd.Diagnostic.ToString(),
        RemoteDiagnostic = bfd.RemoteDiagnostic.ToString(),
        Multihop = bfd.Multihop,
        LocalDiscriminator = bfd.LocalDiscriminator,
        RemoteDiscriminator = bfd.RemoteDiscriminator,
        TransmitIntervalMs = bfd.TransmitInterval.TotalMilliseconds,
        DetectionTimeMs = bfd.DetectionTime.TotalMilliseconds,
        Failures = (uint)bfd.Failures,
        PacketsReceived = (ulong)bfd.PacketsReceived,
        PacketsSent = (ulong)bfd.PacketsSent,
        PacketsDiscarded = (ulong)bfd.PacketsDiscarded,
        Authentication = bfd.Authentication is { } type
            ? BfdAuthenticationReader.Types.First(word => word.Value == type).Key
            : "",
        PacketsUnauthenticated = (ulong)bfd.PacketsUnauthenticated,
        RemoteControlPlaneIndependent = bfd.RemoteIsControlPlaneIndependent,
    };

    private static MessageCounts Translate(Bgp.Session.MessageCounts counts) => new()
    {
        Open = (ulong)counts.Open,
        Update = (ulong)counts.Update,
        Notification = (ulong)counts.Notification,
        Keepalive = (ulong)counts.Keepalive,
        RouteRefresh = (ulong)counts.RouteRefresh,
    };

    private static void Fill(MapField<string, ulong> map, IEnumerable<NotificationCount> counts)
    {
        foreach (var (code, count) in counts)
        {
            map.Add(code, (ulong)count);
        }
    }
}
