using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>What the kernel's table holds, in the words of a <see cref="Ruleset"/> as far as they fit.</summary>
/// <param name="Table">Missing before the first apply.</param>
/// <param name="Known">Sets, maps and chains that are defined as the ruleset of that moment wanted them. A set's and
/// map's elements are the kernel's.</param>
/// <param name="OtherSets">Names of sets and maps that are there and are not to be: of no use any more, or defined
/// otherwise.</param>
/// <param name="OtherChains">Likewise, chains.</param>
/// <param name="ChainsWithOtherRules">Chains among the known whose rules are not those said there.</param>
/// <param name="Capacities">How many elements sets can have, of those among the known that do not grow.</param>
internal sealed record KernelRuleset(
    NftTableState Table,
    Ruleset Known,
    IReadOnlySet<string> OtherSets,
    IReadOnlySet<string> OtherChains,
    IReadOnlySet<string> ChainsWithOtherRules,
    IReadOnlyDictionary<string, int> Capacities)
{
    /// <summary>No names.</summary>
    public static IReadOnlySet<string> None { get; } = new HashSet<string>();

    /// <summary>A kernel without the table.</summary>
    public static KernelRuleset Nothing { get; } = Of(Ruleset.Empty, new Dictionary<string, int>());

    /// <summary>After a commit: just what was wanted.</summary>
    public static KernelRuleset Of(Ruleset ruleset, IReadOnlyDictionary<string, int> capacities) => new(
        ruleset.IsEmpty() ? NftTableState.Missing : NftTableState.Active, ruleset, None, None, None, capacities);
}
