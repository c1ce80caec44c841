using System.Collections.Immutable;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The old rules and the new ones side by side, so that a packet meets one of them in all hooks on its way.</summary>
/// <remarks>
/// <para>A packet reads the rules of the moment in each base chain anew. One that is between two of them when rules are switched would
/// meet the old ones in the first and the new ones in the second, and pass though both deny it, or be lost though both let it pass.
/// So where more than one base chain on a way says something else than before, a packet carries its version, a bit of its mark:</para>
/// <code>
///   prepare  what is new has other names; a base chain before all others takes the bit off each packet
///   switch   that chain gives it; each of the others sends packets that have it to the new rules, and keeps the rest
///   settle   the new rules take the place of the old ones, and that chain goes
/// </code>
/// <para>The switch is one batch. What came before it has no bit, in whichever hook it is then; after the barrier all have it.</para>
/// </remarks>
internal sealed class HookVersions
{
    /// <summary>The bit: nobody else's from a packet's first hook to its last.</summary>
    public const uint Bit = 0x2000_0000;

    private const string TagPrefix = "version-";

    private static readonly HookPoint[][] Ways =
    [
        [HookPoint.Prerouting, HookPoint.Input],
        [HookPoint.Prerouting, HookPoint.Forward, HookPoint.Postrouting],
        [HookPoint.Output, HookPoint.Postrouting],
    ];

    private readonly KernelRuleset _actual;
    private readonly Ruleset _desired;
    private readonly Ruleset _prepared;
    private readonly Ruleset _switched;
    private readonly ImmutableArray<Chain> _bases;
    private readonly Dictionary<string, bool> _leadElsewhere = new(StringComparer.Ordinal);

    /// <param name="actual">What the kernel holds.</param>
    /// <param name="desired">What is wanted.</param>
    /// <param name="prepared">What it holds, with new objects that no rule leads to.</param>
    /// <param name="switched">The same, with rules that say what is wanted.</param>
    public HookVersions(KernelRuleset actual, Ruleset desired, Ruleset prepared, Ruleset switched)
    {
        (_actual, _desired, _prepared, _switched) = (actual, desired, prepared, switched);
        _bases = [.. switched.Chains.Values.Where(chain => chain.Hook is not null && !IsTag(chain.Name))];
    }

    /// <summary>Whether a packet could meet both rulesets, and can be kept from it: not by who does not know the rules that hooks
    /// begin with, nor what an agent has begun that was killed on the way. Before the first rules nothing was closed.</summary>
    public bool AreNeeded => Array.Exists(Ways, CanMeetBoth) && _actual.Known.Chains.Values.Any(chain => chain.Hook is not null)
        && !_bases.Any(chain => _actual.ChainsWithOtherRules.Contains(chain.Name)) && !_actual.OtherChains.Any(IsTag)
        && Tags(isSet: false).All(tag => !_actual.Known.Chains.TryGetValue(tag.Key, out var known) || known == tag.Value);

    /// <summary>Both sides: before the switch, and after it.</summary>
    /// <param name="slot">A number that no object's name ends with.</param>
    /// <returns>Also the new rules by other names, which have to stay as long as packets may be there.</returns>
    public (Ruleset Prepared, Ruleset Switched, Ruleset Copies) SideBySide(int slot)
    {
        var chains = _desired.Chains.Keys.Where(LeadsElsewhere).ToHashSet(StringComparer.Ordinal);
        var maps = chains.SelectMany(chain => MapsOf(_switched.Chains[chain]))
            .Where(map => map.Elements.Values.Any(verdict => verdict.Chain is { } chain && chains.Contains(chain)))
            .Select(map => map.Name).ToHashSet(StringComparer.Ordinal);
        var copies = RulesetNames.Renamed(
            new Ruleset
            {
                Maps = Ruleset.Empty.Maps.AddRange(maps.Select(map => KeyValuePair.Create(map, _switched.Maps[map]))),
                Chains = Ruleset.Empty.Chains.AddRange(chains.Select(chain => Entry(_switched.Chains[chain] with { Hook = null }))),
            },
            name => chains.Contains(name) || maps.Contains(name) ? CopyOf(name, slot) : name);
        var before = _prepared with
        {
            Maps = _prepared.Maps.AddRange(copies.Maps),
            Chains = _prepared.Chains.AddRange(copies.Chains).SetItems(Tags(isSet: false)),
        };
        var forked = _bases.Where(chain => IsGone(chain) || chains.Contains(chain.Name)).Select(chain => Entry(Forked(
            before.Chains.GetValueOrDefault(chain.Name) ?? chain with { Rules = [] },
            IsGone(chain) ? Verdict.Return : Verdict.Goto(CopyOf(chain.Name, slot)))));
        return (before, before with { Chains = before.Chains.SetItems(forked).SetItems(Tags(isSet: true)) }, copies);
    }

    /// <summary>Whether two base chains or more on a way let pass otherwise than before.</summary>
    private bool CanMeetBoth(HookPoint[] way)
    {
        var (bases, others) = (_bases.Where(chain => way.Contains(chain.Hook!.Point)).ToList(), 0);
        for (var i = 0; i < bases.Count && others + bases.Count - i > 1 && others < 2; i++)
        {
            others += SaysOtherwise(bases[i]) ? 1 : 0;
        }

        return others > 1;
    }

    private bool SaysOtherwise(Chain from)
    {
        var (found, names) = (new List<Chain> { from }, new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < found.Count; i++)
        {
            if (IsGone(found[i]) || (IsOther(found[i]) && !AsksForSourcesOnly(found[i])))
            {
                return true;
            }

            found.AddRange(TargetsOf(found[i]).Where(names.Add).Select(name => _switched.Chains[name]));
        }

        return false;
    }

    /// <summary>Whose interface a packet's source belongs to: it goes, and comes, with the rules for that interface.</summary>
    private bool AsksForSourcesOnly(Chain chain)
    {
        var sets = chain.Rules.SelectMany(rule => rule.Matches).OfType<Match.InSet>().Select(match => _switched.Sets[match.SetName]).ToList();
        return sets.Count > 0 && sets.TrueForAll(set => set.Key is [RuleField.InputInterface, RuleField.SourceAddress]);
    }

    /// <summary>A chain that is new is none that says something else, unless packets come to it by themselves.</summary>
    private bool IsOther(Chain chain) => !_actual.Known.Chains.TryGetValue(chain.Name, out var known)
        ? chain.Hook is not null
        : _actual.ChainsWithOtherRules.Contains(chain.Name) || (known.Rules != chain.Rules && !known.Rules.SequenceEqual(chain.Rules));

    private bool LeadsElsewhere(string name)
    {
        if (!_leadElsewhere.TryGetValue(name, out var leads))
        {
            var chain = _switched.Chains[name];
            _leadElsewhere.Add(name, leads = IsOther(chain) || TargetsOf(chain).Any(LeadsElsewhere));
        }

        return leads;
    }

    private bool IsGone(Chain chain) => !_desired.Chains.ContainsKey(chain.Name);

    private IEnumerable<string> TargetsOf(Chain chain) => chain.Rules
        .Select(rule => rule.Action).OfType<RuleAction.Decide>().Select(decide => decide.Verdict)
        .Concat(MapsOf(chain).SelectMany(map => map.Elements.Values)).Select(verdict => verdict.Chain).OfType<string>();

    private IEnumerable<VerdictMap> MapsOf(Chain chain) =>
        chain.Rules.Select(rule => rule.Action).OfType<RuleAction.Dispatch>().Select(dispatch => _switched.Maps[dispatch.MapName]);

    /// <summary>The chains that all packets come to first.</summary>
    private IEnumerable<KeyValuePair<string, Chain>> Tags(bool isSet) =>
        new[] { HookPoint.Prerouting, HookPoint.Output }.Select(point => Entry(new Chain(
            TagPrefix + point.ToString().ToLowerInvariant(),
            new ChainHook(point, _bases.Min(chain => chain.Hook!.Priority) - 1),
            [new Rule([], new RuleAction.SetMark(Bit, isSet), "")],
            "which rules a packet meets while they change")));

    private static bool IsTag(string chain) => chain.StartsWith(TagPrefix, StringComparison.Ordinal);

    private static Chain Forked(Chain chain, Verdict now) => chain with
    {
        Rules = [new Rule([new Match.Marked(Bit)], new RuleAction.Decide(now), "came after the change"), .. chain.Rules],
    };

    private static string CopyOf(string name, int slot) => $"{name}.next{slot}";

    private static KeyValuePair<string, Chain> Entry(Chain chain) => KeyValuePair.Create(chain.Name, chain);
}
