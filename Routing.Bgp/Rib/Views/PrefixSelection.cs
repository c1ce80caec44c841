namespace Routing.Bgp.Rib.Views;

/// <summary>Which prefixes a prefix stands for in a query.</summary>
public enum PrefixSelection
{
    /// <summary>Itself.</summary>
    Exact,

    /// <summary>The longest one that covers it: the route by which packets to it go.</summary>
    LongestMatch,

    /// <summary>Itself and all inside it.</summary>
    Longer,
}
