using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Reference.Explanations;

/// <summary>A policy that selects the pod.</summary>
/// <param name="Policy">Which.</param>
/// <param name="Order">Its place in the tier.</param>
/// <param name="Rules">Its rules of the direction, in order; empty when it has none, and then it only isolates.</param>
public sealed record PolicyStep(PolicyKey Policy, double Order, ImmutableArray<RuleStep> Rules);
