using System.Collections.Immutable;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>What a policy made of one route, and why.</summary>
/// <param name="IsAccepted">The verdict.</param>
/// <param name="DecidedBy">The rule that decided; null when none did.</param>
/// <param name="Steps">The rules that matched, in order, the deciding one last.</param>
/// <param name="Result">The route as it left the policy; as it came for one that is rejected.</param>
internal sealed record PolicyTrace(
    bool IsAccepted, RouteRule? DecidedBy, ImmutableArray<PolicyTraceStep> Steps, PolicyRoute Result);
