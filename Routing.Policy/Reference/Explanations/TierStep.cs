using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Reference.Explanations;

/// <summary>A tier on the way of a flow.</summary>
/// <param name="Tier">Which.</param>
/// <param name="Outcome">What came of asking it.</param>
/// <param name="Policies">Its policies that select the pod, in the order asked.</param>
public sealed record TierStep(Tier Tier, TierOutcome Outcome, ImmutableArray<PolicyStep> Policies);
