namespace Routing.Bgp.Rib.Export;

/// <summary>Which next hop a neighbour is told; the names are those of Calico's <c>nextHopMode</c>.</summary>
public enum NextHopMode
{
    /// <summary>Ours towards other ASes; inside the AS or confederation it stays (RFC 4271 §5.1.3).</summary>
    Auto,

    /// <summary>Ours also inside the AS, for what other ASes told us; reflected routes keep theirs (RFC 4456 §10).</summary>
    Self,

    /// <summary>It stays, also towards other ASes: the neighbours of a shared subnet reach each other themselves (RFC 4271
    /// §5.1.3, "third party"), or by routes of their own.</summary>
    Keep,
}
