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
}
