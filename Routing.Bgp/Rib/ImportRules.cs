using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>Phase 1 of the decision process: which received paths are candidates (RFC 4271 §9.1.1, §9.1.2; RFC 4456 §8).</summary>
internal static class ImportRules
{
    /// <summary>What the attributes alone decide, once for all prefixes that share them.</summary>
    public static PathFlags FlagsFor(in DecisionInputs inputs, AfiSafi family, PeerUp session)
    {
        var flags = PathFlags.None;
        flags |= inputs.Has(AttributeTraits.OwnAsInPath) ? PathFlags.AsLoop : 0;
        flags |= (inputs.Traits & (AttributeTraits.OwnOriginatorId | AttributeTraits.OwnClusterId)) != 0
            ? PathFlags.ReflectionLoop
            : 0;
        flags |= IsOwnAddress(inputs.NextHop, family, session) ? PathFlags.NextHopSelf : 0;
        return flags;
    }

    /// <summary>What the filter says of one prefix.</summary>
    public static PathFlags FlagsFor(Prefix prefix, RouteFilter import) =>
        import.Rules.IsEmpty || import.Accepts(prefix) ? PathFlags.None : PathFlags.Filtered;

    private static bool IsOwnAddress(UInt128 nextHop, AfiSafi family, PeerUp session)
    {
        foreach (var address in (ReadOnlySpan<System.Net.IPAddress?>)
                 [session.LocalAddress, session.LocalAddressOfOtherFamily])
        {
            if (address is not null && Prefix.FamilyOf(address) == family && Prefix.ToInteger(address) == nextHop)
            {
                return true;
            }
        }

        return false;
    }
}
