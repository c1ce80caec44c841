using System.Collections.Immutable;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The difference between what the kernel holds and what is wanted, as one batch.</summary>
/// <remarks>
/// <para>The kernel makes a batch as a whole or not at all (what packets see of it: <see cref="RulesetSteps"/>), and counts references
/// as it reads: what is referred to goes after what refers to it, and comes before. Removals stand first, so that an object
/// can be made anew under its own name.</para>
/// <para>An object whose definition changes (key, hook, comment) and a set that outgrows its capacity are made anew; rules and map
/// elements that name it are written again. All else is left alone: elements come and go in place, a chain whose rules read the same is not
/// touched.</para>
/// </remarks>
internal sealed partial class RulesetPlan
{
    private readonly KernelRuleset _actual;
    private readonly Ruleset _desired;
    private readonly NftQueueing _queueing;
    private readonly SortedSet<string> _goneSets = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _goneChains = new(StringComparer.Ordinal);
    private readonly List<MatchSet> _newSets = [];
    private readonly List<VerdictMap> _newMaps = [];
    private readonly List<Chain> _newChains = [];
    private readonly List<Chain> _rewrittenChains = []; // kept ones; new ones are written anyway
    private readonly List<(MatchSet Set, IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed)> _changedSets = [];
    private readonly List<(VerdictMap Map, List<string> Added, List<string> Removed)> _changedMaps = [];

    public RulesetPlan(KernelRuleset actual, Ruleset desired, NftQueueing queueing = NftQueueing.Expression)
    {
        (_actual, _desired, _queueing) = (actual, desired, queueing);
        _goneSets.UnionWith(actual.OtherSets);
        _goneChains.UnionWith(actual.OtherChains);
        CompareSets();
        CompareChains();
        CompareMaps(); // after the chains: elements that lead to a chain made anew are written again
        CompareRules();
        Change = Count();
    }

    /// <summary>How many elements sets can have after the batch, of those that do not grow.</summary>
    public Dictionary<string, int> Capacities { get; } = new(StringComparer.Ordinal);

    /// <summary>What the batch will have done.</summary>
    public RulesetChange Change { get; }

    /// <summary>True when the kernel holds what is wanted.</summary>
    public bool IsEmpty => Change.IsEmpty && _rewrittenChains.Count == 0
        && _actual.Table == (_desired.IsEmpty() ? NftTableState.Missing : NftTableState.Active);

    /// <summary>A plan between others, for the same kernel.</summary>
    public RulesetPlan Of(KernelRuleset actual, Ruleset desired) => new(actual, desired, _queueing);

    /// <summary>Sets and maps that go, or are made anew.</summary>
    public IReadOnlyCollection<string> GoneSets => _goneSets;

    /// <summary>Likewise, chains.</summary>
    public IReadOnlyCollection<string> GoneChains => _goneChains;

    /// <summary>Sets that come.</summary>
    public IReadOnlyList<MatchSet> NewSets => _newSets;

    /// <summary>Maps that come.</summary>
    public IReadOnlyList<VerdictMap> NewMaps => _newMaps;

    /// <summary>Chains that come.</summary>
    public IReadOnlyList<Chain> NewChains => _newChains;

    /// <summary>Chains that stay, with other rules.</summary>
    public IReadOnlyList<Chain> RewrittenChains => _rewrittenChains;

    /// <summary>Sets that are edited in place.</summary>
    public IReadOnlyList<(MatchSet Set, IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed)> ChangedSets => _changedSets;

    /// <summary>Maps that are edited in place. A key that leads elsewhere is among both.</summary>
    public IReadOnlyList<(VerdictMap Map, List<string> Added, List<string> Removed)> ChangedMaps => _changedMaps;

    public void Write(NftBatch batch)
    {
        if (_desired.IsEmpty())
        {
            batch.DeleteTable();
            return;
        }

        if (_actual.Table != NftTableState.Active)
        {
            batch.AddTable("pods' packet filter");
        }

        WriteRemovals(batch);
        _newChains.ForEach(chain => batch.AddChain(RuleTranslator.Chain(chain)));
        WriteSets(batch);
        WriteMaps(batch);
        foreach (var chain in _newChains.Concat(_rewrittenChains))
        {
            foreach (var rule in RuleTranslator.Rules(chain, _desired, _queueing))
            {
                batch.AppendRule(rule);
            }
        }
    }

    private void CompareSets()
    {
        foreach (var set in _actual.Known.Sets.Values)
        {
            if (!_desired.Sets.TryGetValue(set.Name, out var wanted) || !IsDefinedAs(set, wanted) || !Fits(wanted))
            {
                _goneSets.Add(set.Name);
                continue;
            }

            if (_actual.Capacities.TryGetValue(set.Name, out var capacity))
            {
                Capacities.Add(set.Name, capacity);
            }

            if (!ReferenceEquals(set.Elements, wanted.Elements))
            {
                var (added, removed) = EditOf(set, wanted);
                if (added.Count + removed.Count > 0)
                {
                    _changedSets.Add((wanted, added, removed));
                }
            }
        }

        _newSets.AddRange(_desired.Sets.Values.Where(
            set => _goneSets.Contains(set.Name) || !_actual.Known.Sets.ContainsKey(set.Name)));
        foreach (var set in _newSets)
        {
            if (SetLayout.Of(set).CapacityFor(set.Elements.Count) is var capacity and > 0)
            {
                Capacities.Add(set.Name, capacity);
            }
        }
    }

    /// <summary>False for more elements than a set that does not grow can have.</summary>
    private bool Fits(MatchSet wanted) =>
        !_actual.Capacities.TryGetValue(wanted.Name, out var capacity) || wanted.Elements.Count <= capacity;

    /// <summary>What to add and what to remove: as the set knows it when the kernel holds just what it was made of, else by
    /// comparing.</summary>
    private static (IReadOnlyList<SetElement> Added, IReadOnlyList<SetElement> Removed) EditOf(
        MatchSet actual, MatchSet wanted) =>
        wanted.Edit is { } edit && ReferenceEquals(edit.Base, actual.Elements)
            ? (edit.Added, edit.Removed)
            : (wanted.Elements.Where(element => !actual.Elements.Contains(element)).ToList(),
                actual.Elements.Where(element => !wanted.Elements.Contains(element)).ToList());

    private void CompareChains()
    {
        foreach (var chain in _actual.Known.Chains.Values)
        {
            if (!_desired.Chains.TryGetValue(chain.Name, out var wanted)
                || chain.Hook != wanted.Hook || chain.Comment != wanted.Comment)
            {
                _goneChains.Add(chain.Name);
            }
        }

        _newChains.AddRange(_desired.Chains.Values.Where(
            chain => _goneChains.Contains(chain.Name) || !_actual.Known.Chains.ContainsKey(chain.Name)));
    }

    private void CompareMaps()
    {
        foreach (var map in _actual.Known.Maps.Values)
        {
            if (!_desired.Maps.TryGetValue(map.Name, out var wanted)
                || map.Key != wanted.Key || map.Comment != wanted.Comment)
            {
                _goneSets.Add(map.Name);
                continue;
            }

            if (ReferenceEquals(map.Elements, wanted.Elements) && _goneChains.Count == 0)
            {
                continue;
            }

            var removed = NamesOf(map.Elements.Where(element => !IsKept(element, wanted)));
            var added = NamesOf(wanted.Elements.Where(element => !IsKept(element, map)));
            if (added.Count + removed.Count > 0)
            {
                _changedMaps.Add((wanted, added, removed));
            }
        }

        _newMaps.AddRange(_desired.Maps.Values.Where(
            map => _goneSets.Contains(map.Name) || !_actual.Known.Maps.ContainsKey(map.Name)));
    }

    private void CompareRules()
    {
        var somethingIsGone = _goneSets.Count + _goneChains.Count > 0;
        foreach (var chain in _actual.Known.Chains.Values.Where(chain => !_goneChains.Contains(chain.Name)))
        {
            var wanted = _desired.Chains[chain.Name];
            if (_actual.ChainsWithOtherRules.Contains(chain.Name)
                || (chain.Rules != wanted.Rules && !chain.Rules.SequenceEqual(wanted.Rules))
                || (somethingIsGone && wanted.Rules.Any(NamesSomethingGone)))
            {
                _rewrittenChains.Add(wanted);
            }
        }
    }

    private bool NamesSomethingGone(Rule rule) =>
        rule.Matches.Any(match => match switch
        {
            Match.InSet lookup => _goneSets.Contains(lookup.SetName),
            Match.NotInSet lookup => _goneSets.Contains(lookup.SetName),
            _ => false,
        })
        || rule.Action switch
        {
            RuleAction.Dispatch dispatch => _goneSets.Contains(dispatch.MapName),
            RuleAction.Decide { Verdict.Chain: { } chain } => _goneChains.Contains(chain),
            _ => false,
        };

    private bool IsKept(KeyValuePair<string, Verdict> element, VerdictMap other) =>
        other.Elements.TryGetValue(element.Key, out var verdict) && verdict == element.Value
        && (verdict.Chain is null || !_goneChains.Contains(verdict.Chain));

    private static List<string> NamesOf(IEnumerable<KeyValuePair<string, Verdict>> elements) =>
        [.. elements.Select(element => element.Key)];

    private static bool IsDefinedAs(MatchSet set, MatchSet other) =>
        set.Family == other.Family && set.Ranges == other.Ranges && set.Comment == other.Comment
        && set.IsCounted == other.IsCounted && set.Key.SequenceEqual(other.Key);

    private void WriteRemovals(NftBatch batch)
    {
        foreach (var (map, _, removed) in _changedMaps)
        {
            WriteInterfaces(batch.DeleteElements(map.Name), removed, verdicts: null);
        }

        foreach (var chain in _goneChains.Concat(_rewrittenChains.Select(chain => chain.Name)))
        {
            batch.DeleteRules(chain);
        }

        foreach (var set in _goneSets)
        {
            batch.DeleteSet(set);
        }

        foreach (var chain in _goneChains)
        {
            batch.DeleteChain(chain);
        }
    }

    private void WriteSets(NftBatch batch)
    {
        foreach (var set in _newSets)
        {
            var layout = SetLayout.Of(set);
            batch.AddSet(SetLayout.Define(set, Capacities.GetValueOrDefault(set.Name)));
            WriteElements(batch.AddElements(set.Name), layout, set.Elements);
        }

        foreach (var (set, added, removed) in _changedSets)
        {
            var layout = SetLayout.Of(set);
            WriteElements(batch.DeleteElements(set.Name), layout, removed); // first: a new range may overlap an old one
            WriteElements(batch.AddElements(set.Name), layout, added);
        }
    }

    private void WriteMaps(NftBatch batch)
    {
        foreach (var map in _newMaps)
        {
            batch.AddSet(SetLayout.Define(map));
            WriteInterfaces(batch.AddElements(map.Name), map.Elements.Keys, map.Elements);
        }

        foreach (var (map, added, _) in _changedMaps)
        {
            WriteInterfaces(batch.AddElements(map.Name), added, map.Elements);
        }
    }

    private static void WriteElements(
        NftBatch.ElementList list, SetLayout layout, IReadOnlyCollection<SetElement> elements)
    {
        foreach (var element in elements)
        {
            layout.Write(ref list, in element);
        }

        list.End();
    }

    /// <param name="verdicts">What each leads to; null when they are removed.</param>
    private static void WriteInterfaces(
        NftBatch.ElementList list, IEnumerable<string> interfaces, ImmutableSortedDictionary<string, Verdict>? verdicts)
    {
        Span<byte> key = stackalloc byte[NftDataType.InterfaceName.Length];
        foreach (var name in interfaces)
        {
            SetLayout.WriteInterface(key, name);
            list.Add(key, verdict: verdicts is null ? null : RuleTranslator.Verdict(verdicts[name]));
        }

        list.End();
    }

    private RulesetChange Count() => new(
        ObjectsAdded: _newSets.Count + _newMaps.Count + _newChains.Count,
        ObjectsRemoved: _goneSets.Count + _goneChains.Count,
        ElementsAdded: _newSets.Sum(set => set.Elements.Count) + _newMaps.Sum(map => map.Elements.Count)
            + _changedSets.Sum(set => set.Added.Count) + _changedMaps.Sum(map => map.Added.Count),
        ElementsRemoved: _changedSets.Sum(set => set.Removed.Count) + _changedMaps.Sum(map => map.Removed.Count),
        RulesWritten: _newChains.Sum(chain => chain.Rules.Length) + _rewrittenChains.Sum(chain => chain.Rules.Length));
}
