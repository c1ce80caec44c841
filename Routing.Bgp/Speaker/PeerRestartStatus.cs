namespace Routing.Bgp.Speaker;

/// <summary>Graceful restart with a neighbour (RFC 4724).</summary>
public sealed record PeerRestartStatus
{
    /// <summary>Both sides announced it; false unless Established.</summary>
    public bool IsNegotiated { get; init; }

    /// <summary>How long the neighbour expects to be away when it restarts; null unless negotiated.</summary>
    public TimeSpan? PeerRestartTime { get; init; }

    /// <summary>Also after a NOTIFICATION or an expired hold timer (RFC 8538).</summary>
    public bool IsNotificationNegotiated { get; init; }

    /// <summary>How long the neighbour wants its routes kept past its restart time, the longest of its families; null unless
    /// negotiated (RFC 9494).</summary>
    public TimeSpan? PeerLongLivedStaleTime { get; init; }

    /// <summary>Its routes are kept past its restart time (RFC 9494 §4.2).</summary>
    public bool RetainsForLong { get; init; }

    /// <summary>The neighbour is away and its routes are kept for it (RFC 4724 §4.2).</summary>
    public bool RetainsRoutes { get; init; }
}
