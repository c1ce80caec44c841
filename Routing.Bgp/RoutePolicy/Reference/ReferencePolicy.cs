using System.Collections.Immutable;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>A filter interpreted rule by rule over plain values. Slow and obvious: the oracle of the compiled program and the
/// engine of explanations.</summary>
internal static class ReferencePolicy
{
    /// <summary>What the filter makes of a route.</summary>
    public static PolicyTrace Evaluate(RouteFilter filter, PolicyRoute route)
    {
        var steps = ImmutableArray.CreateBuilder<PolicyTraceStep>();
        var current = route;
        foreach (var rule in filter.Rules)
        {
            if (rule.Family is { } family && family != route.Scope.Family)
            {
                continue;
            }

            if (!ReferenceConditions.Hold(rule.Match, current))
            {
                continue;
            }

            if (rule.Action == RuleAction.Reject)
            {
                steps.Add(new PolicyTraceStep(rule, []));
                return new PolicyTrace(false, rule, steps.ToImmutable(), route);
            }

            var before = current;
            current = rule.Operations.Aggregate(current, ReferenceOperations.Apply);
            steps.Add(new PolicyTraceStep(rule, [.. PolicyChanges.Between(before, current)]));
            if (rule.Action == RuleAction.Accept)
            {
                return new PolicyTrace(true, rule, steps.ToImmutable(), current);
            }
        }

        return new PolicyTrace(true, null, steps.ToImmutable(), current);
    }
}
