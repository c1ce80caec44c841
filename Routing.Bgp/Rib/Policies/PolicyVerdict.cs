namespace Routing.Bgp.Rib.Policies;

/// <summary>What a policy makes of a route, as the tables need it.</summary>
/// <param name="IsAccepted">It passes.</param>
/// <param name="Attributes">Its attributes now; those it came with when nothing changed.</param>
internal readonly record struct PolicyVerdict(bool IsAccepted, int Attributes);
