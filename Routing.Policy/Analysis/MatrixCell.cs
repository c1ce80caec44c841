namespace Routing.Policy.Analysis;

/// <summary>What may go from one group to another.</summary>
/// <param name="Some">Ports over which some of the one may reach some of the other.</param>
/// <param name="Every">Ports over which each of the one may reach each of the other, over every IP version they share.</param>
/// <param name="IsEmpty">True when there is nothing to ask: a group of one pod and itself.</param>
public sealed record MatrixCell(PortSet Some, PortSet Every, bool IsEmpty);
