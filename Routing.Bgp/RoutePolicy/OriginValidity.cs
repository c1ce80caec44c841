namespace Routing.Bgp.RoutePolicy;

/// <summary>Outcome of origin validation (RFC 6811 §2).</summary>
public enum OriginValidity : byte
{
    /// <summary>No validated payload covers the prefix, or there are no payloads.</summary>
    NotFound,

    /// <summary>One matches.</summary>
    Valid,

    /// <summary>Some cover it and none matches.</summary>
    Invalid,
}
