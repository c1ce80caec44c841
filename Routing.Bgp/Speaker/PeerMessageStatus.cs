using System.Collections.Immutable;
using Routing.Bgp.Session;

namespace Routing.Bgp.Speaker;

/// <summary>Messages exchanged with a neighbour since it was configured, over all its sessions.</summary>
public sealed record PeerMessageStatus
{
    /// <summary>Messages received.</summary>
    public MessageCounts Received { get; init; }

    /// <summary>Messages sent.</summary>
    public MessageCounts Sent { get; init; }

    /// <summary>Octets received.</summary>
    public long OctetsReceived { get; init; }

    /// <summary>Octets sent.</summary>
    public long OctetsSent { get; init; }

    /// <summary>NOTIFICATIONs received, by code.</summary>
    public ImmutableArray<NotificationCount> NotificationsReceived { get; init; } = [];

    /// <summary>NOTIFICATIONs sent, by code.</summary>
    public ImmutableArray<NotificationCount> NotificationsSent { get; init; } = [];

    /// <summary>UPDATEs whose routes were withdrawn for an error (RFC 7606 §2).</summary>
    public long TreatedAsWithdraw { get; init; }

    /// <summary>UPDATEs that lost an attribute for an error (RFC 7606 §2).</summary>
    public long AttributesDiscarded { get; init; }
}
