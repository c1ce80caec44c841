using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Whether a packet could meet the edits of one batch half, and be judged by neither ruleset.</summary>
/// <remarks>
/// <para>A packet on its way may have asked some sets before the batch, and asks others after it. That is harmless where at most one
/// of its look-ups says something else than before, and where those that do all let pass what did not, or all the reverse. So
/// what is looked for is a packet that could meet two edits, of which one lets more pass and the other less. No packet meets two</para>
/// <list type="bullet">
/// <item>behind two verdicts of one map: in the rules of two receivers, or of two senders;</item>
/// <item>at other protocols or ports: a policy whose port changes opens the one and closes the other;</item>
/// <item>in a sender's rules, and in those of the receiver about somebody who is no such sender: sources are checked first.</item>
/// </list>
/// <para>One look-up alone is as it was or as it will be, except for a range that takes the place of another that it overlaps: up to
/// Linux 6.16 the kernel may find neither of them for as long as the batch takes.</para>
/// </remarks>
internal sealed class EditMixtures
{
    private const int MostPairs = 4096; // of ranges that are compared; beyond that some overlap

    private readonly Ruleset[] _both;
    private readonly RulesetPlan _plan;
    private readonly LookupPlaces _places;
    private readonly HashSet<string> _closing; // sets, to be in one of which may close something

    private EditMixtures(Ruleset before, Ruleset after, RulesetPlan plan)
    {
        (_both, _plan, _places) = ([before, after], plan, new LookupPlaces(before, after));
        var rules = after.Chains.Values.SelectMany(chain => chain.Rules);
        var isMarked = rules.Any(rule => rule.Action is RuleAction.SetMark { IsSet: true });
        _closing = rules.Where(rule => !LetsPass(rule, isMarked))
            .SelectMany(rule => rule.Matches.OfType<Match.InSet>()).Select(match => match.SetName).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether a plan has such edits. Its rules stay.</summary>
    public static bool CanShow(Ruleset before, Ruleset after, RulesetPlan plan) =>
        plan.ChangedSets.Any(ReplacesRanges)
        || (plan.ChangedSets.Count + plan.ChangedMaps.Count > 1
            && new EditMixtures(before, after, plan) is var mixtures && Enum.GetValues<IpFamily>().Any(mixtures.CanShow));

    private static bool ReplacesRanges((MatchSet Set, IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed) edit) =>
        edit.Set.Ranges && edit.Added.Count > 0 && edit.Removed.Count > 0
        && ((long)edit.Added.Count * edit.Removed.Count > MostPairs
            || edit.Added.Any(comes => edit.Removed.Any(goes => comes.Overlaps(goes))));

    private bool CanShow(IpFamily family)
    {
        // What is asked behind no map, or behind several, is a group of its own, in which all may meet.
        var groups = _plan.ChangedSets.Where(set => set.Set.Family is null || set.Set.Family == family)
            .Select(set => new Edit(set, _places.Of(set.Set.Name), PortsOf(set))).GroupBy(edit => edit.Place.Map)
            .Select(map => new Group([.. map], EditedPorts.Sum(map.Select(edit => edit.Ports))))
            .Concat(_plan.ChangedMaps.Select(map => new Group([], EditedPorts.OfMap(map.Added, map.Removed, ClosesOthers(map.Map.Name)))))
            .ToList();
        return AnyConflict(groups) || groups.Any(
            group => group.Edits.GroupBy(edit => edit.Place.Way).Any(way => AnyConflict([.. way.Select(edit => new Group([edit], edit.Ports))])));
    }

    private bool AnyConflict(List<Group> groups) => groups.Where((one, i) => groups.Take(i).Any(other => Conflict(one, other))).Any();

    private bool Conflict(Group one, Group other) =>
        one.Ports.Conflicts(other.Ports) && Beside(one, SendersOf(other)).Conflicts(Beside(other, SendersOf(one)));

    /// <summary>The ports as far as packets from some senders are concerned.</summary>
    private EditedPorts Beside(Group group, HashSet<UInt128>? senders) => senders is null || group.Edits.Count == 0
        ? group.Ports
        : EditedPorts.Sum(group.Edits.Select(edit =>
            edit.Place.IsTranslated && edit.Set.Set is { Ranges: false, Key: [RuleField.SourceAddress, ..] }
                ? PortsOf(edit.Set, senders)
                : edit.Ports));

    private EditedPorts PortsOf(
        (MatchSet Set, IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed) edit, HashSet<UInt128>? senders = null) => EditedPorts.Of(
            edit.Set, edit.Added, edit.Removed, _places.Of(edit.Set.Name).IsTranslated, !_closing.Contains(edit.Set.Name), senders);

    /// <summary>The sources of packets that meet edits; null when they are not known.</summary>
    private HashSet<UInt128>? SendersOf(Group group)
    {
        if (group.Edits is not [{ Place.Map: { } map }, ..] || _both[1].Maps.GetValueOrDefault(map)?.Key != RuleField.InputInterface)
        {
            return null;
        }

        var ways = group.Edits.Select(edit => edit.Place.Way).ToHashSet(StringComparer.Ordinal);
        var interfaces = _both.SelectMany(ruleset => ruleset.Maps.Values).Where(one => one.Name == map).SelectMany(one => one.Elements)
            .Where(element => ways.Contains(element.Value.Chain)).Select(element => element.Key).ToHashSet(StringComparer.Ordinal);
        var genuine = _both.SelectMany(ruleset => ruleset.Sets.Values)
            .Where(set => set.Key is [RuleField.InputInterface, RuleField.SourceAddress]).SelectMany(set => set.Elements)
            .Where(element => interfaces.Contains(element.Interface!)).ToList();
        return genuine.Select(element => element.Interface).Distinct().Count() < interfaces.Count ? null // of one, any source is let in
            : [.. genuine.Select(element => element.AddressLow)];
    }

    /// <summary>A return is what a sender's rules say for yes. Where packets can be marked it may also leave to later rules what a mark
    /// would have let pass.</summary>
    private static bool LetsPass(Rule rule, bool isMarked) => rule.Action is RuleAction.Decide { Verdict.Kind: var kind }
        && (kind == VerdictKind.Accept || (kind == VerdictKind.Return && !isMarked));

    /// <summary>Whether what is not in a map is dropped by the rules after it.</summary>
    private bool ClosesOthers(string map) =>
        _both[1].Chains.Values
            .Where(chain => chain.Rules.Any(rule => rule.Action is RuleAction.Dispatch dispatch && dispatch.MapName == map))
            .All(chain => chain.Rules[^1] is { Matches.IsEmpty: true, Action: RuleAction.Decide { Verdict.Kind: VerdictKind.Drop } });

    /// <summary>A set's.</summary>
    private sealed record Edit(
        (MatchSet Set, IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed) Set, LookupPlaces.Place Place, EditedPorts Ports);

    /// <summary>Of the sets that are asked behind one map; or of a map itself, without sets.</summary>
    private sealed record Group(IReadOnlyList<Edit> Edits, EditedPorts Ports);
}
