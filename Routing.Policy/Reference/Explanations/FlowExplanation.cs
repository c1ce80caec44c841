using System.Collections.Immutable;

namespace Routing.Policy.Reference.Explanations;

/// <summary>A verdict and the way to it.</summary>
/// <param name="Flow">What was asked.</param>
/// <param name="Verdict">The evaluator's answer.</param>
/// <param name="Families">The way, for each of its IP versions.</param>
public sealed record FlowExplanation(Flow Flow, FlowVerdict Verdict, ImmutableArray<FamilyExplanation> Families);
