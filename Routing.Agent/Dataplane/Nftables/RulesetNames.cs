using System.Collections.Immutable;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Rules that say the same of objects by other names.</summary>
internal static class RulesetNames
{
    /// <summary>A ruleset whose sets, maps and chains have other names.</summary>
    public static Ruleset Renamed(Ruleset ruleset, Func<string, string> name) => ruleset with
    {
        Sets = ruleset.Sets.Values.Select(set => set with { Name = name(set.Name) })
            .ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal),
        Maps = ruleset.Maps.Values.Select(map => Renamed(map, name))
            .ToImmutableSortedDictionary(map => map.Name, map => map, StringComparer.Ordinal),
        Chains = ruleset.Chains.Values.Select(chain => Renamed(chain, name))
            .ToImmutableSortedDictionary(chain => chain.Name, chain => chain, StringComparer.Ordinal),
    };

    private static VerdictMap Renamed(VerdictMap map, Func<string, string> name) => map with
    {
        Name = name(map.Name),
        Elements = map.Elements.ToImmutableSortedDictionary(
            element => element.Key, element => Renamed(element.Value, name), StringComparer.Ordinal),
    };

    private static Chain Renamed(Chain chain, Func<string, string> name) => chain with
    {
        Name = name(chain.Name), Rules = ImmutableArray.CreateRange(chain.Rules, rule => Renamed(rule, name)),
    };

    private static Rule Renamed(Rule rule, Func<string, string> name) => rule with
    {
        Matches = ImmutableArray.CreateRange(rule.Matches, match => match switch
        {
            Match.InSet set => new Match.InSet(name(set.SetName)),
            Match.NotInSet set => new Match.NotInSet(name(set.SetName)),
            _ => match,
        }),
        Action = rule.Action switch
        {
            RuleAction.Decide decide => new RuleAction.Decide(Renamed(decide.Verdict, name)),
            RuleAction.Dispatch dispatch => new RuleAction.Dispatch(name(dispatch.MapName)),
            var action => action,
        },
    };

    private static Verdict Renamed(Verdict verdict, Func<string, string> name) =>
        verdict.Chain is { } chain ? verdict with { Chain = name(chain) } : verdict;
}
