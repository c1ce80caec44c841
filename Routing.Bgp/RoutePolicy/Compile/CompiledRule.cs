namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>A rule whose prefix condition is left to the <see cref="PrefixClassifier"/>.</summary>
/// <param name="Action">What becomes of a route that matches.</param>
/// <param name="Conditions">What the attributes and the scope must meet, cheap ones first.</param>
/// <param name="Edits">What is changed.</param>
internal sealed record CompiledRule(RuleAction Action, RouteConditionCheck[] Conditions, RouteEdit[] Edits)
{
    /// <summary>True when all conditions hold.</summary>
    public bool Holds(in RouteView route)
    {
        foreach (var condition in Conditions)
        {
            if (!condition(route))
            {
                return false;
            }
        }

        return true;
    }
}
