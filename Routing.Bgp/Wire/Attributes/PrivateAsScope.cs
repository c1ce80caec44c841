namespace Routing.Bgp.Wire.Attributes;

/// <summary>Which private AS numbers (RFC 6996 §5) are taken out of a path.</summary>
public enum PrivateAsScope
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of a path that has no public ones; a path with public ones stays.</summary>
    OnlyPrivatePaths,

    /// <summary>All, wherever they stand.</summary>
    All,
}
