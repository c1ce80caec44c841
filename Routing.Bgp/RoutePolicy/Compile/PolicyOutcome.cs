namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>What a policy makes of a route.</summary>
/// <param name="IsAccepted">The verdict.</param>
/// <param name="Rule">Index of the deciding rule in the filter; -1 when none did.</param>
/// <param name="IsChanged">The editor holds other attributes than it was given; only when accepted.</param>
internal readonly record struct PolicyOutcome(bool IsAccepted, int Rule, bool IsChanged);
