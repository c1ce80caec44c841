namespace Routing.Bgp.Rib.Decision;

/// <summary>Where a path comes from.</summary>
internal enum PathSourceKind : byte
{
    /// <summary>We originate it.</summary>
    Local,

    /// <summary>An eBGP peer.</summary>
    External,

    /// <summary>An iBGP peer.</summary>
    Internal,

    /// <summary>A peer in another member AS of our confederation: internal to the decision process (RFC 5065 §5.3),
    /// external to route reflection.</summary>
    Confederation,
}
