namespace Routing.Agent.Dataplane.Counts;

/// <summary>Where counts by rule are to be had.</summary>
/// <param name="Reader">Reads them; null where they are not counted.</param>
/// <param name="Refusal">Why they are not; null where they are. The back end may become another.</param>
internal sealed record RuleCountSource(RuleCountReader? Reader, Func<string?> Refusal);
