using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>All that one node's packet filter shall hold, in no firewall's language: sets, verdict maps and chains by
/// name. Renderers turn it into text, the agent's applier into netlink; neither decides anything about
/// policy.</summary>
public sealed record Ruleset
{
    /// <summary>A ruleset without anything.</summary>
    public static Ruleset Empty { get; } = new();

    /// <summary>Sets by name.</summary>
    public ImmutableSortedDictionary<string, MatchSet> Sets { get; init; } =
        ImmutableSortedDictionary<string, MatchSet>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Verdict maps by name.</summary>
    public ImmutableSortedDictionary<string, VerdictMap> Maps { get; init; } =
        ImmutableSortedDictionary<string, VerdictMap>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Chains by name.</summary>
    public ImmutableSortedDictionary<string, Chain> Chains { get; init; } =
        ImmutableSortedDictionary<string, Chain>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The chains that packets can come to from these, themselves first.</summary>
    public IReadOnlyList<Chain> ReachableFrom(IEnumerable<Chain> roots)
    {
        var found = roots.ToList();
        var names = found.Select(chain => chain.Name).ToHashSet();
        for (var i = 0; i < found.Count; i++)
        {
            var targets = found[i].Rules.SelectMany(rule => rule.Action switch
            {
                RuleAction.Decide decide => [decide.Verdict],
                RuleAction.Dispatch dispatch => Maps[dispatch.MapName].Elements.Values,
                _ => Enumerable.Empty<Verdict>(),
            });
            foreach (var target in targets.Select(verdict => verdict.Chain).OfType<string>().Where(names.Add))
            {
                found.Add(Chains[target]);
            }
        }

        return found;
    }
}
