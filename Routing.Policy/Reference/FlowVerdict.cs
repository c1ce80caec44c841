using System.Collections.Immutable;

namespace Routing.Policy.Reference;

/// <summary>What happens to a flow, over each IP version that both ends have.</summary>
/// <param name="Families">At least one.</param>
public sealed record FlowVerdict(ImmutableArray<FamilyVerdict> Families)
{
    /// <summary>True when a packet of the flow can arrive over some IP version; a denial means that none can.</summary>
    public bool Allowed => Families.Any(family => family.Allowed);

    /// <summary>True when the IP versions fare differently, as they do with rules by address.</summary>
    public bool Differs => Families.Select(family => family.Allowed).Distinct().Count() > 1;
}
