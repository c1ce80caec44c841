using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy;

/// <summary>One rule of a <see cref="RouteFilter"/>: which routes, what is changed of them, and what becomes of
/// them.</summary>
public sealed record RouteRule
{
    /// <summary>What becomes of a route that matches.</summary>
    public required RuleAction Action { get; init; }

    /// <summary>Only routes of this family match; null is any.</summary>
    public AfiSafi? Family { get; init; }

    /// <summary>Which routes; all of its conditions have to hold.</summary>
    public RouteMatch Match { get; init; } = RouteMatch.Any;

    /// <summary>What is changed of a route that matches, in this order; nothing of one that is rejected.</summary>
    public Sequence<RouteOperation> Operations { get; init; }

    /// <summary>Where the rule was written; null for one that was made by a program.</summary>
    public RulePlace? Place { get; init; }
}
