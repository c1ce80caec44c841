using System.Collections.Immutable;

namespace Routing.Policy.Reference.Explanations;

/// <summary>A condition of a rule: one of its alternatives has to hold.</summary>
/// <param name="Part">Which: "from", "to", "port", "source port" or "family".</param>
/// <param name="Alternatives">At least one.</param>
public sealed record ConditionStep(string Part, ImmutableArray<AlternativeStep> Alternatives)
{
    /// <summary>True when some alternative holds.</summary>
    public bool Holds => Alternatives.Any(alternative => alternative.Holds);
}
