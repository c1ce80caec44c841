namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>How many of the patterns have to be met.</summary>
public enum CommunityQuantifier
{
    /// <summary>At least one by some community of the route.</summary>
    Any,

    /// <summary>Each by some community of the route.</summary>
    All,

    /// <summary>None by any.</summary>
    None,
}
