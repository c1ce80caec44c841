namespace Routing.Bgp.RoutePolicy;

/// <summary>The ORIGIN attribute (RFC 4271 §4.3 a).</summary>
public enum RouteOrigin : byte
{
    /// <summary>0.</summary>
    Igp,

    /// <summary>1.</summary>
    Egp,

    /// <summary>2.</summary>
    Incomplete,
}
