namespace Routing.Bgp.Speaker;

/// <summary>Graceful restart with a neighbour (RFC 4724).</summary>
public sealed record PeerRestartStatus
{
    /// <summary>Both sides announced it; false unless Established.</summary>
    public bool IsNegotiated { get; init; }

    /// <summary>How long the neighbour expects to be away when it restarts; null unless negotiated.</summary>
    public TimeSpan? PeerRestartTime { get; init; }

    /// <summary>The neighbour is away and its routes are kept for it (RFC 4724 §4.2).</summary>
    public bool RetainsRoutes { get; init; }
}
