using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>A peer's session at one moment, for operators.</summary>
internal sealed record SessionStatus
{
    /// <summary>The configured name.</summary>
    public required string Name { get; init; }

    /// <summary>The peer's address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The peer's AS as configured.</summary>
    public required uint Asn { get; init; }

    /// <summary>The state of the connection that is furthest.</summary>
    public SessionState State { get; init; }

    /// <summary>When the state was entered.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The same on the clock that never jumps.</summary>
    public long SinceTimestamp { get; init; }

    /// <summary>How often the session has reached Established.</summary>
    public int EstablishedCount { get; init; }

    /// <summary>Why the session, or the last attempt at it, ended; null while nothing has failed.</summary>
    public string? LastError { get; init; }

    /// <summary>When <see cref="LastError"/> happened.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Our end of the connection; null unless Established, as all that follows.</summary>
    public IPEndPoint? LocalEndPoint { get; init; }

    /// <summary>The peer's end.</summary>
    public IPEndPoint? RemoteEndPoint { get; init; }

    /// <summary>The peer's BGP Identifier.</summary>
    public IPAddress? PeerIdentifier { get; init; }

    /// <summary>The peer's AS as it says.</summary>
    public uint? NegotiatedAsn { get; init; }

    /// <summary>Our AS as we said: with dual-as, that which the peer took.</summary>
    public uint? LocalAsn { get; init; }

    /// <summary>Negotiated hold time; zero is none.</summary>
    public TimeSpan? HoldTime { get; init; }

    /// <summary>Families exchanged.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [];

    /// <summary>What the peer's OPEN announced.</summary>
    public ImmutableArray<Capability> PeerCapabilities { get; init; } = [];

    /// <summary>The peer's graceful restart capability when both sides announced it (RFC 4724).</summary>
    public GracefulRestartCapability? GracefulRestart { get; init; }

    /// <summary>Graceful restart also after a NOTIFICATION (RFC 8538).</summary>
    public bool NotificationRestart { get; init; }

    /// <summary>The peer's long-lived graceful restart when both sides announced it (RFC 9494).</summary>
    public LongLivedRestartCapability? LongLivedRestart { get; init; }

    /// <summary>The peer is away and its routes are kept past its restart time (RFC 9494 §4.2).</summary>
    public bool RetainsForLong { get; init; }

    /// <summary>The peer is away and its routes are kept for it (RFC 4724 §4.2).</summary>
    public bool RetainsRoutes { get; init; }

    /// <summary>Messages received since the session object was made, as all counts.</summary>
    public MessageCounts Received { get; init; }

    /// <summary>Messages sent.</summary>
    public MessageCounts Sent { get; init; }

    /// <summary>NOTIFICATIONs received, by code.</summary>
    public ImmutableArray<NotificationCount> NotificationsReceived { get; init; } = [];

    /// <summary>NOTIFICATIONs sent, by code.</summary>
    public ImmutableArray<NotificationCount> NotificationsSent { get; init; } = [];

    /// <summary>Octets received.</summary>
    public long OctetsIn { get; init; }

    /// <summary>Octets sent.</summary>
    public long OctetsOut { get; init; }

    /// <summary>UPDATEs whose routes were withdrawn for an error (RFC 7606).</summary>
    public long TreatedAsWithdraw { get; init; }

    /// <summary>UPDATEs that lost an attribute for an error (RFC 7606).</summary>
    public long AttributesDiscarded { get; init; }

    /// <summary>How often the session left Established.</summary>
    public long SessionsLost { get; init; }

    /// <summary>How often the hold timer expired.</summary>
    public long HoldTimerExpiries { get; init; }
}
