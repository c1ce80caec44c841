namespace Routing.Policy.Compile;

/// <summary>What a stage says of some packets, and why.</summary>
/// <param name="Action">What it says.</param>
/// <param name="Rule">The first rule that matches them; null when none does, and the stage's end speaks.</param>
internal readonly record struct Decision(StageAction Action, CompiledRule? Rule)
{
    /// <summary>True when both come from one rule of a policy, or both from none.</summary>
    public bool IsOfSameRule(in Decision other) =>
        ReferenceEquals(Rule, other.Rule)
        || (Rule is not null && other.Rule is not null && Rule.Policy == other.Rule.Policy && Rule.Spec.Field == other.Rule.Spec.Field);
}
