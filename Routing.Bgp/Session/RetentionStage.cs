namespace Routing.Bgp.Session;

/// <summary>Why routes of a peer are kept that may no longer be true.</summary>
internal enum RetentionStage
{
    /// <summary>The peer is away, its restart time runs (RFC 4724 §4.2).</summary>
    Restart,

    /// <summary>The peer is still away, its long-lived stale time runs (RFC 9494 §4.2).</summary>
    LongLived,

    /// <summary>The peer is back and has not sent End-of-RIB.</summary>
    Returned,
}
