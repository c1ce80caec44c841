using System.Collections.Immutable;
using System.Net;

namespace Routing.Bgp.Speaker;

/// <summary>How a neighbour's session fared since the neighbour was configured.</summary>
public sealed record PeerSessionStatus
{
    /// <summary>The neighbour's BGP Identifier; null unless Established.</summary>
    public IPAddress? Identifier { get; init; }

    /// <summary>Capabilities of its OPEN in words; empty unless Established.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>How often the session reached Established.</summary>
    public int EstablishedCount { get; init; }

    /// <summary>How often it left Established.</summary>
    public long Flaps { get; init; }

    /// <summary>How often the neighbour was silent for a hold time.</summary>
    public long HoldTimerExpiries { get; init; }

    /// <summary>When <see cref="PeerStatus.LastError"/> happened; null when nothing has.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }
}
