namespace Routing.Bgp.Rib.Views;

/// <summary>A path and what became of it.</summary>
/// <param name="Path">The path; its reason is the step at which it fell out.</param>
/// <param name="LostTo">The path that was preferred at that step: its peer, "local" for a route of our own; null for the
/// best path and for those that may not be chosen.</param>
/// <param name="Comparison">What was compared, as in "local preference 100 against 200"; empty for the best path.</param>
public sealed record ExplainedPath(PathStatus Path, string? LostTo, string Comparison);
