namespace Routing.Bgp.Rib.Export;

/// <summary>What a peer is told of routes that are kept for long (RFC 9494 §4.4).</summary>
internal enum LongLivedMode
{
    /// <summary>Nothing: it does not know of them.</summary>
    Withhold,

    /// <summary>It does not know of them, but is inside our AS: they go marked NO_EXPORT, as the last choice (§4.6).</summary>
    Depreferred,

    /// <summary>As they are.</summary>
    Send,
}
