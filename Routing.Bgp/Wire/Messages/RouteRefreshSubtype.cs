namespace Routing.Bgp.Wire.Messages;

/// <summary>What a ROUTE-REFRESH says (RFC 7313 §3.2).</summary>
internal enum RouteRefreshSubtype : byte
{
    /// <summary>A wish for routes, with or without filters.</summary>
    Request = 0,

    /// <summary>BoRR: all routes of the family follow.</summary>
    Begin = 1,

    /// <summary>EoRR: they have been sent.</summary>
    End = 2,
}
