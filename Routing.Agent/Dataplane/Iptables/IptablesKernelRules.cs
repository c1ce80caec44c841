using System.Collections.Immutable;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Reference;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Our chains as iptables-save prints them, and our ipsets, read for one question at a time.</summary>
/// <param name="programs">Which programs, and where they run.</param>
/// <param name="families">IP versions of the host.</param>
/// <param name="asApplied">A ruleset as this kernel can have it.</param>
/// <param name="written">What was written anew, and when.</param>
/// <param name="openSets">Opens what reads counters of ipsets.</param>
internal sealed class IptablesKernelRules(
    IptablesPrograms programs, IReadOnlyList<IpFamily> families, Func<Ruleset, Ruleset> asApplied, WrittenObjects written,
    Func<IpsetNetlink> openSets) : IKernelRules
{
    /// <summary>Where the rules stand that decide: those of most policies in the first.</summary>
    private static readonly string[] CountedTables = ["filter", "raw", "mangle"];

    private IpsetNetlink? _sets; // opened when they are first asked for

    /// <inheritdoc/>
    public KernelWalk Walk(Packet packet, Ruleset wanted)
    {
        wanted = asApplied(wanted);
        var found = KernelState.Read(programs, families, wanted);
        var plan = new IptablesPlan(found, wanted, families);
        var family = packet.Source.Family;
        var tables = found.Tables.Keys.Where(key => key.Family == family).Select(key => key.Table).ToDictionary(
            table => table, table => CountedTable.Parse(programs.SaveCounted(family, table)), StringComparer.Ordinal);
        var walk = new IptablesWalk(packet, tables, found.Others, plan.SetsOfIpsets()).Run();
        return walk with { Differences = [.. walk.Differences, .. plan.IsEmpty ? [] : plan.Differences().ToImmutableArray()] };
    }

    /// <inheritdoc/>
    public IReadOnlyList<RuleTally> CountVerdicts() =>
    [
        .. from family in families
           from table in CountedTables
           from tally in IptablesTallies.Of(
               CountedTable.Parse(programs.SaveCounted(family, table)), (chain, place) => $"{written.Chain(family, table, chain)} {place}")
           select tally,
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ChainTally> CountRules(Ruleset applied, IReadOnlyCollection<Chain>? chains)
    {
        applied = asApplied(applied);
        var wanted = (chains ?? applied.Chains.Values)
            .Where(chain => chain.Rules.Any(rule => rule.IsCounted) && !chain.Rules.Any(rule => rule.Action is RuleAction.Dispatch))
            .ToLookup(chain => IptablesNames.Chain(chain.Name));
        var parts = new Dictionary<string, IReadOnlyList<IpsetPart>>(StringComparer.Ordinal);
        var tallies = new List<ChainTally>();
        foreach (var family in families)
        {
            var translator = new IptablesTranslator(applied, family, PartsOf);
            var left = wanted.Select(chain => chain.Key).ToHashSet(StringComparer.Ordinal);
            foreach (var table in CountedTables.TakeWhile(_ => left.Count > 0))
            {
                var counted = CountedTable.Parse(programs.SaveCounted(family, table)).Chains;
                tallies.AddRange(
                    from name in left.Where(counted.ContainsKey)
                    let chain = wanted[name].First()
                    from tally in Count(chain, [.. translator.Origins(chain)], counted[name], written.Chain(family, table, name))
                    select tally);
                left.ExceptWith(counted.Keys);
            }
        }

        return tallies;

        IReadOnlyList<IpsetPart> PartsOf(MatchSet set)
        {
            if (!parts.TryGetValue(set.Name, out var known))
            {
                parts.Add(set.Name, known = [.. IpsetLayout.Of(set).Parts(set.Elements)]);
            }

            return known;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SetTally> CountElements(IReadOnlyCollection<MatchSet> sets) => [.. sets.Select(Count).OfType<SetTally>()];

    /// <inheritdoc/>
    public void Dispose() => _sets?.Dispose();

    /// <summary>Nothing where the chain has not as many rules as were written for it: of whom they are nobody can tell.</summary>
    private static IEnumerable<ChainTally> Count(
        Chain chain, List<(int Place, (string Set, SetElement Element)? Element)> origins, IReadOnlyList<CountedRule> rules, string identity) =>
        origins.Count != rules.Count ? []
            : origins.Select((origin, i) => new ChainTally($"{identity} {i}", chain.Name, origin.Place, rules[i].Count) { Element = origin.Element });

    private SetTally? Count(MatchSet set)
    {
        var layout = IpsetLayout.Of(set);
        var counts = new List<(CountingElement, KernelCount)>();
        var isThere = false;
        foreach (var part in layout.Parts(set.Elements))
        {
            if (layout.Define(part) is { } ipset && (_sets ??= openSets()).ReadElements(ipset.Name) is { } elements)
            {
                var holder = written.Set(ipset.Name);
                counts.AddRange(elements.Where(one => one.Packets > 0).Select(one => (
                    new CountingElement(holder, layout.Piece(part, new IpsetEntry(one.Address, one.Length, one.Protocol, one.Port))),
                    new KernelCount(one.Packets, one.Octets))));
                isThere = true;
            }
        }

        return isThere ? new SetTally(set.Name, counts) : null;
    }
}
