namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>The three sorts of communities.</summary>
public enum CommunityKind : byte
{
    /// <summary>Four octets (RFC 1997).</summary>
    Standard,

    /// <summary>Eight octets (RFC 4360).</summary>
    Extended,

    /// <summary>Twelve octets (RFC 8092).</summary>
    Large,
}
