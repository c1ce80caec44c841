using System.Collections.Immutable;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>A rule that matched.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Changes">What it changed, as in "localPreference 100 to 200"; nothing for what was so already.</param>
internal sealed record PolicyTraceStep(RouteRule Rule, ImmutableArray<string> Changes);
