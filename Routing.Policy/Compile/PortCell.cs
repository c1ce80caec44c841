namespace Routing.Policy.Compile;

/// <summary>Ports of one protocol of which a stage says the same, for the same reason.</summary>
internal readonly record struct PortCell(PortRange Ports, Decision Decision);
