namespace Routing.Bgp.RoutePolicy;

/// <summary>Comparison of a route's prefix with a rule's; the names are those of Calico's <c>matchOperator</c>.</summary>
public enum PrefixMatch
{
    /// <summary>Every prefix.</summary>
    Any,

    /// <summary>The same prefix.</summary>
    Equal,

    /// <summary>Any other prefix.</summary>
    NotEqual,

    /// <summary>The same prefix or one inside it.</summary>
    In,

    /// <summary>Neither the same prefix nor one inside it.</summary>
    NotIn,
}
