using System.Collections.Immutable;

namespace Routing.Bgp.Rib.Views;

/// <summary>How much the RIB holds.</summary>
/// <param name="Paths">Paths of all families.</param>
/// <param name="AttributeSets">Different sets of attributes that the paths share.</param>
/// <param name="Families">The rest, by family.</param>
public sealed record TableStatus(int Paths, int AttributeSets, ImmutableArray<TableFamilyStatus> Families);
