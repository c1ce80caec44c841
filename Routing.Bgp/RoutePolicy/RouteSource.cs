namespace Routing.Bgp.RoutePolicy;

/// <summary>Where a route comes from.</summary>
public enum RouteSource
{
    /// <summary>We originate it.</summary>
    Local,

    /// <summary>Any peer (Calico's word).</summary>
    RemotePeers,

    /// <summary>A peer of another AS.</summary>
    ExternalPeers,

    /// <summary>A peer of our AS.</summary>
    InternalPeers,
}
