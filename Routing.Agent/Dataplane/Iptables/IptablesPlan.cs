using System.Collections.Immutable;
using System.Text;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>The difference between what the kernel holds and what is wanted, as steps.</summary>
/// <remarks>
/// <para>iptables changes the rules of a table in one step, ipset one element after the other. So that every packet is
/// judged by the old ruleset or by the new one, an edit of sets goes behind the rules' back:</para>
/// <code>
///   1 sets    new ones, and for each edited set S two small ones: S+ what comes, S~ what goes
///   2 rules   new chains, changed chains, our jumps first; S reads as "S+, or not S~ and S"; old chains away
///   3 sets    S takes in S+ and gives up S~: what the rules say stays the same all the while
///   4 rules   S reads as S again
///   5 sets    S+, S~ and what nobody names any more away
/// </code>
/// <para>Where elements alone change, and the order of the changes cannot show, S is edited at once and steps 2 and 4
/// fall away: one set of a packet's family (additions first: no packet loses an old element before it has the new one),
/// or several that only let more pass, or only less.</para>
/// <para>Killed between two steps, the rules are the old or the new ones. The next agent reads what it finds, names its
/// own S+ and S~ otherwise than those that are there, and goes the same way.</para>
/// </remarks>
internal sealed partial class IptablesPlan
{
    private readonly KernelState _actual;
    private readonly SetPlan _sets;
    private readonly bool _atOnce;
    private readonly Dictionary<string, IpsetEdit> _edits = new(StringComparer.Ordinal);
    private readonly List<(IpFamily Family, string Text)> _first = [];
    private readonly List<(IpFamily Family, string Text)> _second = [];
    private readonly Dictionary<(IpFamily, string), KernelTable> _tables = [];
    private readonly List<string> _tableDifferences = [];

    public IptablesPlan(KernelState actual, Ruleset desired, IReadOnlyList<IpFamily> families)
    {
        _actual = actual;
        _sets = new SetPlan(actual, desired);
        var changes = new List<TableChange>();
        var isAtOnce = !_sets.Changes.Any(change => change.Kind == IpsetChangeKind.Replace);
        foreach (var family in families)
        {
            var plain = Translate(desired, family, null);
            var toPlain = Differences(family, actual.Tables, plain);
            changes.AddRange(toPlain.Select(table => table.Change));
            _tableDifferences.AddRange(toPlain.SelectMany(table => table.Change.Differences, (table, difference) =>
                $"{(family == IpFamily.V4 ? "IPv4" : "IPv6")} {table.Table}: {difference}"));
            isAtOnce &= CanEditAtOnce(desired, family, toPlain.Count > 0);
            foreach (var (table, contents) in plain)
            {
                _tables.Add((family, table), KernelTable.Of(contents));
            }
        }

        _atOnce = isAtOnce;
        if (!_atOnce)
        {
            PrepareEdits();
        }

        foreach (var family in families)
        {
            PlanRules(desired, family);
        }

        Change = new RulesetChange(
            _sets.Changes.Count(change => change.Kind != IpsetChangeKind.Edit) + changes.Sum(table => table.ChainsAdded),
            _sets.Gone.Count + changes.Sum(table => table.ChainsRemoved),
            _sets.Changes.Sum(change => change.Added.Count),
            _sets.Changes.Sum(change => change.Removed.Count),
            changes.Sum(table => table.RulesWritten));
    }

    /// <summary>What the steps will have done, what stands for their time only aside.</summary>
    public RulesetChange Change { get; }

    /// <summary>True when the kernel holds what is wanted.</summary>
    public bool IsEmpty => Change.IsEmpty && _first.Count == 0;

    /// <summary>The state after the last step, but for what could not be removed.</summary>
    public KernelState Result => new(_tables, _sets.States, new Dictionary<string, KernelSet>());

    /// <summary>Step 1, for `ipset restore`.</summary>
    public string Prepare()
    {
        var text = new StringBuilder();
        foreach (var change in _sets.Changes)
        {
            switch (change.Kind)
            {
                case IpsetChangeKind.New:
                    IptablesFiles.WriteSet(text, change.Ipset, change.Added);
                    break;
                case IpsetChangeKind.Edit when _atOnce:
                    IptablesFiles.WriteElements(text, "add", change.Ipset, change.Added);
                    IptablesFiles.WriteElements(text, "del", change.Ipset, change.Removed);
                    break;
                default:
                    var edit = _edits[change.Ipset.Name];
                    WriteBeside(text, change.Ipset, edit.Added, change.Added);
                    WriteBeside(text, change.Ipset, edit.Removed, change.Removed);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Step 2, for each family's restore.</summary>
    public IReadOnlyList<(IpFamily Family, string Text)> FirstRules => _first;

    /// <summary>Step 3: sets that have to go before they can be made anew.</summary>
    public IReadOnlyList<string> Replaced =>
        [.. _sets.Changes.Where(change => change.Kind == IpsetChangeKind.Replace).Select(change => change.Ipset.Name)];

    /// <summary>Step 3, for `ipset restore`.</summary>
    public string Settle()
    {
        var text = new StringBuilder();
        foreach (var change in _atOnce ? [] : _sets.Changes)
        {
            if (change.Kind == IpsetChangeKind.Replace)
            {
                IptablesFiles.WriteSet(text, change.Ipset, change.Added);
            }
            else if (change.Kind == IpsetChangeKind.Edit)
            {
                IptablesFiles.WriteElements(text, "add", change.Ipset, change.Added);
                IptablesFiles.WriteElements(text, "del", change.Ipset, change.Removed);
            }
        }

        return text.ToString();
    }

    /// <summary>Step 4, for each family's restore.</summary>
    public IReadOnlyList<(IpFamily Family, string Text)> SecondRules => _second;

    /// <summary>Step 5: sets that nobody names any more.</summary>
    public IReadOnlyList<string> Leftovers =>
        [.. _edits.Values.SelectMany(edit => new[] { edit.Added, edit.Removed }).OfType<string>(), .. _sets.Gone];

    private void PlanRules(Ruleset desired, IpFamily family)
    {
        var plain = Translate(desired, family, null);
        var first = _edits.Count > 0 ? Translate(desired, family, name => _edits.GetValueOrDefault(name)) : plain;
        var now = Text(Differences(family, _actual.Tables, first));
        if (now.Length > 0)
        {
            _first.Add((family, now));
        }

        if (_edits.Count > 0)
        {
            var held = first.ToDictionary(table => (family, table.Key), table => KernelTable.Of(table.Value));
            var later = Text(Differences(family, held, plain));
            if (later.Length > 0)
            {
                _second.Add((family, later));
            }
        }
    }

    /// <summary>Whether what a packet of this family meets on the way from the old elements to the new ones, one by one, is
    /// never other than one of the two.</summary>
    private bool CanEditAtOnce(Ruleset desired, IpFamily family, bool rulesChange)
    {
        var edits = _sets.Changes.Where(change =>
            change.Kind == IpsetChangeKind.Edit && IpsetLayout.Of(change.Set).Concerns(family)).ToList();
        if (edits.Count == 0 || rulesChange)
        {
            return edits.Count == 0;
        }

        var isOneWay = edits.All(edit => edit.Added.Count == 0) || edits.All(edit => edit.Removed.Count == 0);
        return edits.Count == 1 || (isOneWay && edits.All(edit => LetsPass(desired, edit.Set.Name)));
    }

    /// <summary>Whether to be in a set never closes anything: a return is what a sender's rules say for yes.</summary>
    private static bool LetsPass(Ruleset desired, string set) =>
        desired.Chains.Values.SelectMany(chain => chain.Rules)
            .Where(rule => rule.Matches.Any(match => match is Match.InSet lookup && lookup.SetName == set))
            .All(rule => rule.Action is RuleAction.Decide { Verdict.Kind: VerdictKind.Accept or VerdictKind.Return });

    private void PrepareEdits()
    {
        var taken = _actual.IpsetNames.ToHashSet();
        var slot = Enumerable.Range(0, 9).First(
            number => !taken.Any(name => name.StartsWith($"{IptablesNames.Prefix}{number}", StringComparison.Ordinal)));
        foreach (var change in _sets.Changes.Where(change => change.Kind != IpsetChangeKind.New))
        {
            var isReplaced = change.Kind == IpsetChangeKind.Replace;
            _edits.Add(change.Ipset.Name, new IpsetEdit(
                change.Added.Count > 0 ? IptablesNames.Edit(change.Ipset.Name, slot, '+') : null,
                change.Removed.Count > 0 ? IptablesNames.Edit(change.Ipset.Name, slot, '~') : null,
                isReplaced));
        }
    }

    private ImmutableSortedDictionary<string, IptablesTable> Translate(
        Ruleset desired, IpFamily family, Func<string, IpsetEdit?>? editOf) =>
        new IptablesTranslator(desired, family, set => _sets.States[set.Name].Counts.Keys, editOf).Translate();

    private static List<(string Table, TableChange Change)> Differences(
        IpFamily family,
        IReadOnlyDictionary<(IpFamily Family, string Table), KernelTable> actual,
        ImmutableSortedDictionary<string, IptablesTable> wanted)
    {
        var names = actual.Keys.Where(key => key.Family == family).Select(key => key.Table).Union(wanted.Keys);
        return [.. names.OrderDescending(StringComparer.Ordinal) // raw sees packets before filter does
            .Select(table => (table, TableChange.Between(
                table, actual.GetValueOrDefault((family, table)), wanted.GetValueOrDefault(table))))
            .Where(table => table.Item2.Text.Length > 0)];
    }

    private static string Text(List<(string Table, TableChange Change)> changes) =>
        string.Concat(changes.Select(table => table.Change.Text));

    private static void WriteBeside(
        StringBuilder text, IpsetDefinition ipset, string? name, IReadOnlyCollection<IpsetEntry> entries)
    {
        if (name is not null)
        {
            IptablesFiles.WriteSet(text, ipset with { Name = name, IsCounted = false }, entries);
        }
    }
}
