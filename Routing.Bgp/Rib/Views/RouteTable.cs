namespace Routing.Bgp.Rib.Views;

/// <summary>The tables of RFC 4271 §3.2 that can be shown.</summary>
public enum RouteTable
{
    /// <summary>All paths as the decision process sees them: after the import policy.</summary>
    Local,

    /// <summary>Adj-RIB-In of a peer: its paths as it sent them.</summary>
    Received,

    /// <summary>Adj-RIB-Out of a peer: the routes as it was sent them.</summary>
    Advertised,
}
