namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Compares a route's communities with patterns.</summary>
/// <param name="Patterns">The patterns, of all kinds.</param>
/// <param name="Quantifier">How many have to be met.</param>
public sealed record CommunityCondition(
    Sequence<CommunityPattern> Patterns, CommunityQuantifier Quantifier = CommunityQuantifier.Any);
