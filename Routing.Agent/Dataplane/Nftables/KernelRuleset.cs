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
internal sealed record KernelRuleset(
    NftTableState Table,
    Ruleset Known,
    IReadOnlySet<string> OtherSets,
    IReadOnlySet<string> OtherChains,
    IReadOnlySet<string> ChainsWithOtherRules)
{
    private static readonly HashSet<string> None = [];

    /// <summary>After a commit: just what was wanted.</summary>
    public static KernelRuleset Of(Ruleset ruleset) => new(
        ruleset.IsEmpty() ? NftTableState.Missing : NftTableState.Active, ruleset, None, None, None);
}
