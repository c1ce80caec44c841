namespace Routing.Agent.Lab.Report;

/// <summary>A route in the ToR's kernel.</summary>
/// <param name="Prefix">Destination.</param>
/// <param name="NextHop">Gateway.</param>
/// <param name="Node">The node behind it; empty when it is none of the lab's.</param>
public sealed record TorRoute(string Prefix, string NextHop, string Node);
