using System.Collections.Immutable;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Reads back what the kernel's table holds, beside the ruleset that is wanted.</summary>
/// <remarks>Objects are recognised by decoding them, definition, rules and elements, not by a hash left with them: the
/// kernel is the only truth, a rule that somebody changed by hand is found, and nothing has to be kept in step over
/// versions. What is not defined as wanted is not read any further, it only has to go.</remarks>
internal sealed class KernelReader(NftNetlink netlink, Ruleset desired, NftQueueing queueing)
{
    private readonly ElementReader _elements = new(netlink);
    private readonly HashSet<string> _otherSets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _otherChains = new(StringComparer.Ordinal);
    private readonly HashSet<string> _otherRules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _capacities = new(StringComparer.Ordinal);

    public KernelRuleset Read()
    {
        var known = Ruleset.Empty;
        var table = netlink.FindTable();
        if (table == NftTableState.Missing)
        {
            return KernelRuleset.Nothing;
        }

        foreach (var set in netlink.ListSets())
        {
            known = ReadSet(set, known);
        }

        known = known with { Chains = ReadChains() };
        return new KernelRuleset(table, known, _otherSets, _otherChains, _otherRules, _capacities);
    }

    private Ruleset ReadSet(NftSet found, Ruleset known)
    {
        if (desired.Sets.TryGetValue(found.Name, out var set)
            && SetLayout.Define(set) == found with { Capacity = 0 })
        {
            if (found.Capacity > 0)
            {
                _capacities.Add(found.Name, found.Capacity);
            }

            return known with
            {
                Sets = known.Sets.SetItem(set.Name, set with { Elements = [.. _elements.Read(set)] }),
            };
        }

        if (desired.Maps.TryGetValue(found.Name, out var map)
            && SetLayout.Define(map) == found)
        {
            return known with
            {
                Maps = known.Maps.SetItem(map.Name, map with { Elements = ReadVerdicts(map) }),
            };
        }

        _otherSets.Add(found.Name);
        return known;
    }

    private ImmutableSortedDictionary<string, Chain> ReadChains()
    {
        var chains = ImmutableSortedDictionary.CreateBuilder<string, Chain>(StringComparer.Ordinal);
        var rulesByChain = netlink.ListRules().ToLookup(rule => rule.Chain, StringComparer.Ordinal);
        foreach (var found in netlink.ListChains())
        {
            if (!desired.Chains.TryGetValue(found.Name, out var chain) || RuleTranslator.Chain(chain) != found)
            {
                _otherChains.Add(found.Name);
                continue;
            }

            chains.Add(chain.Name, chain);
            var wanted = RuleTranslator.Rules(chain, desired, queueing);
            if (!rulesByChain[chain.Name].Select(rule => rule with { Handle = 0 }).SequenceEqual(wanted))
            {
                _otherRules.Add(chain.Name);
            }
        }

        return chains.ToImmutable();
    }

    private ImmutableSortedDictionary<string, Verdict> ReadVerdicts(VerdictMap map)
    {
        var verdicts = ImmutableSortedDictionary.CreateBuilder<string, Verdict>(StringComparer.Ordinal);
        netlink.ReadElements(
            map.Name,
            verdicts.Clear,
            (in element) =>
            {
                if (element.Verdict is { } value)
                {
                    verdicts[SetLayout.ReadInterface(element.Key)] = RuleTranslator.NeutralVerdict(value);
                }
            });
        return verdicts.ToImmutable();
    }
}
