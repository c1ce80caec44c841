using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Parts of a ruleset by what they are about.</summary>
public static class RulesetParts
{
    /// <summary>Without the hooks and maps of host endpoints: what is left judges packets of pods alone.</summary>
    public static Ruleset WithoutHostEndpoints(this Ruleset ruleset) => ruleset with
    {
        Chains = ruleset.Chains.RemoveRange(ruleset.Chains.Keys.Where(IsOfHostEndpoints)),
        Maps = ruleset.Maps.RemoveRange(ruleset.Maps.Keys.Where(IsOfHostEndpoints)),
    };

    /// <summary>True for the name of such a chain or map.</summary>
    public static bool IsOfHostEndpoints(string name) => name.StartsWith(Names.HostPrefix, StringComparison.Ordinal);
}
