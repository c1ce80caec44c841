using System.Collections.Immutable;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>Rulesets written by hand.</summary>
internal static class SmallRuleset
{
    public static Ruleset Of(MatchSet[] sets, params IEnumerable<Chain> chains) => Ruleset.Empty with
    {
        Sets = sets.ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal),
        Chains = chains.ToImmutableSortedDictionary(chain => chain.Name, chain => chain, StringComparer.Ordinal),
    };

    /// <summary>A rule that asks one set.</summary>
    public static Rule InSet(string set, Verdict verdict) => new([new Match.InSet(set)], new RuleAction.Decide(verdict), "");

    /// <summary>A rule that asks nothing.</summary>
    public static Rule Always(Verdict verdict) => new([], new RuleAction.Decide(verdict), "");
}
