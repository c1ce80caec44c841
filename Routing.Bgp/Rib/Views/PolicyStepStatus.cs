using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Reference;

namespace Routing.Bgp.Rib.Views;

/// <summary>A rule of a filter that matched a route.</summary>
/// <param name="Rule">Filter, list, place and, when known, name, file and line: "from-tor importV4[2] (no-bogons),
/// bgp.yaml:17".</param>
/// <param name="Action">What it said.</param>
/// <param name="Changes">What it changed: "localPreference 100 to 200".</param>
public sealed record PolicyStepStatus(string Rule, RuleAction Action, ImmutableArray<string> Changes)
{
    /// <summary>"from-tor importV4[2]: Next, localPreference 100 to 200".</summary>
    public override string ToString() => string.Join(", ", Changes.Prepend($"{Rule}: {Action}"));

    /// <summary>The steps of a trace; none for a route that met no policy.</summary>
    internal static ImmutableArray<PolicyStepStatus> Of(PolicyTrace? trace) => trace is null ? [] :
    [
        .. trace.Steps.Select(step => new PolicyStepStatus(
            step.Rule.Place?.ToString() ?? "a rule of the program", step.Rule.Action, step.Changes)),
    ];
}
