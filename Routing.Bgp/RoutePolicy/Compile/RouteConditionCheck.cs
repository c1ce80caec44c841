namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>One compiled condition.</summary>
internal delegate bool RouteConditionCheck(in RouteView route);
