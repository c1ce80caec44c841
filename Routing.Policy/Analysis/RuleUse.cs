using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>Whether a rule ever does anything.</summary>
/// <param name="Policy">Whose rule.</param>
/// <param name="Direction">Of which direction.</param>
/// <param name="Rule">The rule.</param>
/// <param name="IsMet">True when some flow meets its conditions.</param>
/// <param name="IsReached">True when some flow that does comes to it undecided.</param>
/// <param name="Before">Rules that take its flows before they come to it; empty for a rule that is reached.</param>
public sealed record RuleUse(
    PolicySpec Policy,
    Direction Direction,
    RuleSpec Rule,
    bool IsMet,
    bool IsReached,
    ImmutableArray<(PolicyKey Policy, RuleSpec Rule)> Before);
