using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Reference.Explanations;

/// <summary>A rule that is asked.</summary>
/// <param name="Field">Where it stands in its object, as in "spec.ingress[0]".</param>
/// <param name="Verdict">What it says of flows that it matches.</param>
/// <param name="Outcome">What it makes of this one.</param>
/// <param name="Conditions">Its conditions; without any it matches everything.</param>
public sealed record RuleStep(
    string Field, RuleVerdict Verdict, RuleOutcome Outcome, ImmutableArray<ConditionStep> Conditions);
