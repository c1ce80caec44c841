using System.Collections.Immutable;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The rulesets on the way from what the kernel holds to what is wanted, a batch each.</summary>
/// <remarks>
/// <para>The kernel makes a batch in one step for whoever looks at its rules, not for a packet on its way through them: that goes
/// on by the rules of the moment it came, but each set and map that it asks is the one of the moment of asking. Sets of
/// ranges follow some ten microseconds behind all others, and a chain has no rules yet for a packet that came before it.
/// So that every packet is judged by the old ruleset or by the new one, a change whose order could show is made in four or five:</para>
/// <code>
///   prepare  new sets and chains, which no rule leads to yet; for each edited set S two small ones, S.in with what comes and
///            S.out with what goes; for each edited map M another, M.in, as it will be
///   switch   rules, all in one moment: S reads as "S.in, or not S.out and S", M as M.in
///   settle   S and M take the edits in, which changes nothing of what the rules say; old sets and chains away
///   finish   S and M read as themselves again; S.in and S.out away
///   clean    M.in away: for a packet on its way the elements of a map go with it, those of a set do not
/// </code>
/// <para>Most changes are elements whose order cannot show (<see cref="EditMixtures"/>), and are made at once. A packet meets one batch at
/// most, for the applier waits between two for those that are inside the rules. Killed between two steps, the rules are the old ones
/// or the new ones; the next agent reads what it finds and goes the same way from there, with other names for its own small sets.</para>
/// </remarks>
internal sealed class RulesetSteps
{
    private const int Slots = 10;

    private readonly KernelRuleset _actual;
    private readonly Ruleset _desired;
    private readonly RulesetPlan _plan;
    private readonly Dictionary<string, (string? In, string? Out)> _beside = new(StringComparer.Ordinal);
    private Ruleset _temporary = Ruleset.Empty; // sets and maps

    private RulesetSteps(KernelRuleset actual, Ruleset desired, RulesetPlan plan) =>
        (_actual, _desired, _plan) = (actual, desired, plan);

    /// <summary>The steps, none of them empty, each with what the kernel holds after it.</summary>
    /// <param name="actual">What the kernel holds.</param>
    /// <param name="desired">What is wanted.</param>
    /// <param name="plan">From one to the other.</param>
    public static IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> Between(
        KernelRuleset actual, Ruleset desired, RulesetPlan plan) =>
        plan.IsEmpty ? []
        : actual.Table != NftTableState.Active || desired.IsEmpty() ? [(plan, KernelRuleset.Of(desired, plan.Capacities))]
        : MadeAnew(plan, desired) is { Count: > 0 } anew ? ByOtherNames(actual, desired, plan, anew)
        : new RulesetSteps(actual, desired, plan).Steps().Where(step => !step.Plan.IsEmpty);

    /// <summary>Names that stay while what they name does not: a definition or a comment is another.</summary>
    private static HashSet<string> MadeAnew(RulesetPlan plan, Ruleset desired) =>
        [
            .. plan.GoneSets.Where(name => desired.Sets.ContainsKey(name) || desired.Maps.ContainsKey(name)),
            .. plan.GoneChains.Where(desired.Chains.ContainsKey),
        ];

    /// <summary>Two objects cannot have one name: what is made anew has another one for a while.</summary>
    private static IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> ByOtherNames(
        KernelRuleset actual, Ruleset desired, RulesetPlan plan, HashSet<string> anew)
    {
        var slot = FreeSlot(actual);
        var between = Renamed(desired, name => anew.Contains(name) ? $"{name}.new{slot}" : name);
        var there = Between(actual, between, plan.Of(actual, between)).ToList();
        var from = there[^1].Result;
        return there.Concat(Between(from, desired, plan.Of(from, desired)));
    }

    private IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> Steps()
    {
        if (CanShow())
        {
            PutBeside();
        }
        else if (!LeadsToOthers && _plan.NewChains.Count + _plan.NewMaps.Count == 0 && !_plan.NewSets.Any(IsLate))
        {
            return [(_plan, KernelRuleset.Of(_desired, _plan.Capacities))];
        }

        var prepared = Prepared();
        var prepare = _plan.Of(KernelRuleset.Of(_actual.Known, _actual.Capacities), prepared);
        var first = _actual with { Known = prepared, Capacities = prepare.Capacities };
        if (_beside.Count == 0 && !LeadsToOthers)
        {
            var all = _plan.Of(first, _desired);
            return [(prepare, first), (all, KernelRuleset.Of(_desired, all.Capacities))];
        }

        var switched = prepared with { Chains = prepared.Chains.SetItems(Guarded(_desired.Chains.Values)) };
        var settled = _desired with
        {
            Sets = _desired.Sets.SetItems(_temporary.Sets),
            Maps = _desired.Maps.SetItems(_temporary.Maps),
            Chains = _desired.Chains.SetItems(Guarded(_desired.Chains.Values)),
        };

        // What is of no use any more goes when nothing leads there: edited maps do until they are settled.
        var turn = _plan.Of(first with { OtherSets = KernelRuleset.None, OtherChains = KernelRuleset.None }, switched);
        var second = first with { Known = switched, ChainsWithOtherRules = KernelRuleset.None, Capacities = turn.Capacities };
        var settle = _plan.Of(second, settled);
        var third = KernelRuleset.Of(settled, settle.Capacities);
        var finished = _desired with { Maps = settled.Maps };
        var finish = _plan.Of(third, finished);
        var fourth = KernelRuleset.Of(finished, finish.Capacities);
        var clean = _plan.Of(fourth, _desired);
        return
        [
            (prepare, first), (turn, second), (settle, third), (finish, fourth), (clean, KernelRuleset.Of(_desired, clean.Capacities)),
        ];
    }

    /// <summary>Whether rules may lead to maps that an agent left there which was killed on the way: these go after the rules.</summary>
    private bool LeadsToOthers => _actual.OtherSets.Count > 0 && _plan.RewrittenChains.Count > 0;

    /// <summary>Whether a packet on its way could meet a mixture of old and new.</summary>
    private bool CanShow() => _plan.RewrittenChains.Count > 0
        ? _plan.ChangedSets.Count + _plan.ChangedMaps.Count > 0
        : EditMixtures.CanShow(_actual.Known, _desired, _plan);

    /// <summary>Whether the elements of a new set come after the rules that look there: those of concatenations, and since Linux 7.0
    /// (and in releases of 6.18) of all ranges.</summary>
    private static bool IsLate(MatchSet set) => set.Ranges;

    private void PutBeside()
    {
        var slot = FreeSlot(_actual);
        foreach (var (set, added, removed) in _plan.ChangedSets)
        {
            _beside.Add(set.Name, (Beside(set, $".in{slot}", added), Beside(set, $".out{slot}", removed)));
        }

        foreach (var (map, _, _) in _plan.ChangedMaps)
        {
            // Whole: what follows for a key that goes is said by the rules after the map.
            var name = $"{map.Name}.in{slot}";
            _temporary = _temporary with { Maps = _temporary.Maps.Add(name, map with { Name = name }) };
            _beside.Add(map.Name, (name, null));
        }
    }

    private string? Beside(MatchSet set, string suffix, IReadOnlyList<SetElement> elements)
    {
        if (elements.Count == 0)
        {
            return null;
        }

        var name = set.Name + suffix;
        _temporary = _temporary with
        {
            Sets = _temporary.Sets.Add(name, set with { Name = name, Elements = [.. elements], Edit = null }),
        };
        return name;
    }

    /// <summary>What the kernel holds, and beside it what is new: nothing that packets meet.</summary>
    private Ruleset Prepared()
    {
        var known = _actual.Known;
        return known with
        {
            Sets = known.Sets.AddRange(_plan.NewSets.Select(set => KeyValuePair.Create(set.Name, set))).AddRange(_temporary.Sets),
            Maps = known.Maps.AddRange(_plan.NewMaps.Select(map => KeyValuePair.Create(map.Name, map))).AddRange(_temporary.Maps),
            Chains = known.Chains.AddRange(Guarded(_plan.NewChains)),
        };
    }

    private IEnumerable<KeyValuePair<string, Chain>> Guarded(IEnumerable<Chain> chains) => chains.Select(chain =>
        KeyValuePair.Create(chain.Name, _beside.Count == 0 ? chain : chain with { Rules = [.. chain.Rules.SelectMany(Guarded)] }));

    /// <summary>The rules that say the same while S and M still are as before.</summary>
    private IEnumerable<Rule> Guarded(Rule rule)
    {
        if (rule.Action is RuleAction.Dispatch { MapName: var map } && _beside.TryGetValue(map, out var other))
        {
            rule = rule with { Action = new RuleAction.Dispatch(other.In!) };
        }

        IEnumerable<ImmutableArray<Match>> ways = [[]];
        foreach (var match in rule.Matches)
        {
            var others = match is Match.InSet { SetName: var set } && _beside.TryGetValue(set, out var beside)
                ? Ways(set, beside)
                : [[match]];
            ways = [.. ways.SelectMany(way => others, (way, more) => way.AddRange(more))];
        }

        foreach (var way in ways)
        {
            yield return rule with { Matches = way };
        }
    }

    private static IEnumerable<Match[]> Ways(string set, (string? In, string? Out) beside)
    {
        if (beside.In is { } comes)
        {
            yield return [new Match.InSet(comes)];
        }

        yield return beside.Out is { } goes ? [new Match.NotInSet(goes), new Match.InSet(set)] : [new Match.InSet(set)];
    }

    /// <summary>A number that no object's name ends with.</summary>
    private static int FreeSlot(KernelRuleset actual)
    {
        var known = actual.Known;
        var ends = new[] { actual.OtherSets, actual.OtherChains, known.Sets.Keys, known.Maps.Keys, known.Chains.Keys }
            .SelectMany(names => names).Where(name => name.Contains('.')).Select(name => name[^1] - '0').ToHashSet();
        return Enumerable.Range(0, Slots).First(slot => !ends.Contains(slot));
    }

    private static Ruleset Renamed(Ruleset ruleset, Func<string, string> name) => ruleset with
    {
        Sets = ruleset.Sets.Values.Select(set => set with { Name = name(set.Name) })
            .ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal),
        Maps = ruleset.Maps.Values.Select(map => map with
        {
            Name = name(map.Name),
            Elements = map.Elements.ToImmutableSortedDictionary(
                element => element.Key, element => Renamed(element.Value, name), StringComparer.Ordinal),
        }).ToImmutableSortedDictionary(map => map.Name, map => map, StringComparer.Ordinal),
        Chains = ruleset.Chains.Values.Select(chain => chain with
        {
            Name = name(chain.Name), Rules = ImmutableArray.CreateRange(chain.Rules, rule => Renamed(rule, name)),
        }).ToImmutableSortedDictionary(chain => chain.Name, chain => chain, StringComparer.Ordinal),
    };

    private static Rule Renamed(Rule rule, Func<string, string> name) => rule with
    {
        Matches = ImmutableArray.CreateRange(rule.Matches, match => match is Match.InSet set ? new Match.InSet(name(set.SetName)) : match),
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
