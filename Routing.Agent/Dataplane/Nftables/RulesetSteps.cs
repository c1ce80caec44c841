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
/// <para>A packet meets the rules anew in each hook. Where that could show, the old ones stay at switch, and packets are told apart
/// (<see cref="HookVersions"/>). Most changes are elements whose order cannot show (<see cref="EditMixtures"/>), and are made at once. A packet meets one batch at
/// most, for the applier waits between two for those that are inside the rules. Killed between two steps, the rules are the old ones
/// or the new ones; the next agent reads what it finds and goes the same way from there, with other names for its own small sets.</para>
/// </remarks>
internal sealed class RulesetSteps
{
    private const int Slots = 10;

    private readonly KernelRuleset _actual;
    private readonly Ruleset _desired;
    private readonly RulesetPlan _plan;
    private readonly Lazy<int> _slot; // a number that no object's name ends with
    private readonly Dictionary<string, (string? In, string? Out)> _beside = new(StringComparer.Ordinal);
    private Ruleset _temporary = Ruleset.Empty; // sets and maps

    private RulesetSteps(KernelRuleset actual, Ruleset desired, RulesetPlan plan) =>
        (_actual, _desired, _plan, _slot) = (actual, desired, plan, new Lazy<int>(() => FreeSlot(actual)));

    /// <summary>The steps, none of them empty, each with what the kernel holds after it.</summary>
    /// <param name="actual">What the kernel holds.</param>
    /// <param name="desired">What is wanted.</param>
    /// <param name="plan">From one to the other.</param>
    public static IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> Between(
        KernelRuleset actual, Ruleset desired, RulesetPlan plan) =>
        plan.IsEmpty ? []
        : actual.Table == NftTableState.Dormant || desired.IsEmpty() ? [(plan, KernelRuleset.Of(desired, plan.Capacities))]
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
        var between = RulesetNames.Renamed(desired, name => anew.Contains(name) ? $"{name}.new{slot}" : name);
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

        var isPrepared = _plan.NewChains.Count + _plan.NewMaps.Count > 0 || _plan.NewSets.Any(IsLate);
        if (_beside.Count == 0 && !LeadsToGone && !isPrepared && !ChangesRules)
        {
            return [(_plan, KernelRuleset.Of(_desired, _plan.Capacities))];
        }

        var prepared = Prepared();
        var others = _beside.Count > 0 ? _desired.Chains.Values : _plan.NewChains.Concat(_plan.RewrittenChains);
        var switched = prepared with { Chains = prepared.Chains.SetItems(Guarded(others)) };
        var versions = new HookVersions(_actual, _desired, prepared, switched);
        return (_beside.Count > 0 || ChangesRules) && versions.AreNeeded ? SwitchedAndSettled(versions.SideBySide(_slot.Value))
            : _beside.Count > 0 || LeadsToGone ? SwitchedAndSettled((prepared, switched, Ruleset.Empty))
            : isPrepared ? Switched(prepared)
            : [(_plan, KernelRuleset.Of(_desired, _plan.Capacities))];
    }

    /// <summary>No set is edited that packets ask.</summary>
    private IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> Switched(Ruleset prepared)
    {
        var (prepare, first) = Prepare(prepared);
        var all = _plan.Of(first, _desired);
        return [(prepare, first), (all, KernelRuleset.Of(_desired, all.Capacities))];
    }

    private IEnumerable<(RulesetPlan Plan, KernelRuleset Result)> SwitchedAndSettled(
        (Ruleset Prepared, Ruleset Switched, Ruleset Copies) rules)
    {
        var (prepare, first) = Prepare(rules.Prepared);
        var settled = _desired with
        {
            Sets = _desired.Sets.SetItems(_temporary.Sets),
            Maps = _desired.Maps.SetItems(_temporary.Maps).AddRange(rules.Copies.Maps),
            Chains = _desired.Chains.SetItems(Guarded(_desired.Chains.Values)).AddRange(rules.Copies.Chains),
        };

        // What is of no use any more goes when nothing leads there: edited maps do until they are settled. Rules that an earlier agent
        // left stay beside copies of the new ones as the old ones do.
        var areCopied = rules.Copies.Chains.Count > 0;
        var turn = _plan.Of(
            first with
            {
                OtherSets = KernelRuleset.None,
                OtherChains = KernelRuleset.None,
                ChainsWithOtherRules = areCopied ? KernelRuleset.None : first.ChainsWithOtherRules,
            },
            rules.Switched);
        var second = first with
        {
            Known = rules.Switched,
            ChainsWithOtherRules = areCopied ? first.ChainsWithOtherRules : KernelRuleset.None,
            Capacities = turn.Capacities,
        };
        var settle = _plan.Of(second, settled);
        var third = KernelRuleset.Of(settled, settle.Capacities);
        var finished = _desired with { Maps = _desired.Maps.SetItems(_temporary.Maps) };
        var finish = _plan.Of(third, finished);
        var fourth = KernelRuleset.Of(finished, finish.Capacities);
        var clean = _plan.Of(fourth, _desired);
        return
        [
            (prepare, first), (turn, second), (settle, third), (finish, fourth), (clean, KernelRuleset.Of(_desired, clean.Capacities)),
        ];
    }

    private (RulesetPlan Plan, KernelRuleset Result) Prepare(Ruleset prepared)
    {
        var prepare = _plan.Of(KernelRuleset.Of(_actual.Known, _actual.Capacities), prepared);
        var table = prepare.IsEmpty ? _actual.Table : NftTableState.Active; // it is made with what comes first
        return (prepare, _actual with { Table = table, Known = prepared, Capacities = prepare.Capacities });
    }

    /// <summary>Whether rules that packets may be in lead to maps that go, also those that an agent left there which was killed on the
    /// way: these go after the rules.</summary>
    private bool LeadsToGone =>
        ChangesRules && (_actual.OtherSets.Count > 0 || _plan.GoneSets.Any(_actual.Known.Maps.ContainsKey));

    /// <summary>Whether other rules are asked than before, not only other elements.</summary>
    private bool ChangesRules => _plan.RewrittenChains.Count > 0 || _plan.NewChains.Any(chain => chain.Hook is not null)
        || _plan.GoneChains.Any(name => _actual.Known.Chains.TryGetValue(name, out var chain) && chain.Hook is not null);

    /// <summary>Whether a packet on its way could meet a mixture of old and new.</summary>
    private bool CanShow() => ChangesRules
        ? _plan.ChangedSets.Count + _plan.ChangedMaps.Count > 0
        : EditMixtures.CanShow(_actual.Known, _desired, _plan);

    /// <summary>Whether the elements of a new set come after the rules that look there: those of concatenations, and since Linux 7.0
    /// (and in releases of 6.18) of all ranges.</summary>
    private static bool IsLate(MatchSet set) => set.Ranges;

    private void PutBeside()
    {
        foreach (var (set, added, removed) in _plan.ChangedSets)
        {
            _beside.Add(set.Name, (Beside(set, $".in{_slot.Value}", added), Beside(set, $".out{_slot.Value}", removed)));
        }

        foreach (var (map, _, _) in _plan.ChangedMaps)
        {
            // Whole: what follows for a key that goes is said by the rules after the map.
            var name = $"{map.Name}.in{_slot.Value}";
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
            Chains = known.Chains.AddRange(Guarded(_plan.NewChains.Where(chain => chain.Hook is null))),
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
}
