using Routing.Agent.Dataplane.Nftables;
using Routing.Policy.Rules;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>What a packet meets that is between two hooks when rules change: one ruleset in the first, the other from the next on.</summary>
internal static class HookMixtures
{
    /// <summary>All of them.</summary>
    public static IEnumerable<(string Moment, Ruleset Rules)> Between(Ruleset before, Ruleset after)
    {
        var later = RulesetNames.Renamed(after, name => $"{name}'");
        var hooks = Bases(before).Concat(Bases(after)).Select(chain => (chain.Hook!.Point, chain.Hook.Priority, chain.Name)).Distinct().Order().ToList();
        foreach (var first in hooks.Skip(1))
        {
            yield return ($"before {first.Name}", new Ruleset
            {
                Sets = before.Sets.AddRange(later.Sets),
                Maps = before.Maps.AddRange(later.Maps),
                Chains = before.Chains.SetItems(Unhooked(before, place => place.CompareTo(first) >= 0))
                    .AddRange(later.Chains).SetItems(Unhooked(later, place => (place.Point, place.Priority, place.Name.TrimEnd('\'')).CompareTo(first) < 0)),
            });
        }
    }

    private static IEnumerable<Chain> Bases(Ruleset rules) => rules.Chains.Values.Where(chain => chain.Hook is not null);

    private static IEnumerable<KeyValuePair<string, Chain>> Unhooked(Ruleset rules, Func<(HookPoint Point, int Priority, string Name), bool> where) =>
        Bases(rules).Where(chain => where((chain.Hook!.Point, chain.Hook.Priority, chain.Name)))
            .Select(chain => KeyValuePair.Create(chain.Name, chain with { Hook = null }));
}
