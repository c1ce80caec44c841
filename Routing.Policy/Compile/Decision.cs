namespace Routing.Policy.Compile;

/// <summary>What a stage says of some packets, and why.</summary>
/// <param name="Action">What it says.</param>
/// <param name="Rule">The first rule that matches them; null when none does, and the stage's end speaks.</param>
internal readonly record struct Decision(StageAction Action, CompiledRule? Rule);
