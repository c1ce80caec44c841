using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>The difference between the ipsets that there are and those that are wanted.</summary>
internal sealed class SetPlan
{
    private readonly KernelState _actual;
    private readonly HashSet<string> _known;
    private readonly Dictionary<string, SetState> _states = new(StringComparer.Ordinal);
    private readonly List<IpsetChange> _changes = [];

    public SetPlan(KernelState actual, Ruleset desired)
    {
        _actual = actual;
        _known = [.. actual.Sets.Values.SelectMany(set => set.Ipsets.Select(ipset => ipset.Ipset.Name))];
        foreach (var set in LastIcmpType.SetsWith(desired))
        {
            _states.Add(set.Name, actual.Sets.TryGetValue(set.Name, out var old) && old.LiesAs(set)
                ? ReferenceEquals(old.Set.Elements, set.Elements) ? old with { Set = set } : Edit(old, set)
                : Make(set));
        }

        Gone.UnionWith(actual.IpsetNames.Except(
            _states.Values.SelectMany(state => state.Ipsets.Select(ipset => ipset.Ipset.Name))));
    }

    /// <summary>The sets as they will be.</summary>
    public IReadOnlyDictionary<string, SetState> States => _states;

    /// <summary>What has to be done to ipsets that stay or come.</summary>
    public IReadOnlyList<IpsetChange> Changes => _changes;

    /// <summary>Ipsets that have to go.</summary>
    public SortedSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>A set whose elements are known: what changes is what differs.</summary>
    private SetState Edit(SetState old, MatchSet set)
    {
        var (came, went) = set.Edit is { } edit && ReferenceEquals(edit.Base, old.Set.Elements)
            ? (edit.Added.AsEnumerable(), edit.Removed.AsEnumerable())
            : (set.Elements, old.Set.Elements);
        var added = Cut(old.Layout, came.Where(element => set.Elements.Contains(element) && !old.Set.Elements.Contains(element)));
        var removed = Cut(old.Layout, went.Where(element => old.Set.Elements.Contains(element) && !set.Elements.Contains(element)));
        var counts = old.Counts.ToDictionary();
        foreach (var part in added.Keys.Union(removed.Keys))
        {
            var (comes, goes) = (added.GetValueOrDefault(part, []), removed.GetValueOrDefault(part, []));
            var both = comes.Intersect(goes).ToHashSet(); // a range that grew keeps some of its blocks
            comes.ExceptWith(both);
            goes.ExceptWith(both);
            var isThere = counts.TryGetValue(part, out var count);
            count += comes.Count - goes.Count;
            if (old.Layout.Define(part) is not { } ipset)
            {
                Count(counts, part, added.ContainsKey(part) ? 1 : 0, lasts: false); // a rule, or none
                continue;
            }

            Count(counts, part, count, old.Layout.LastingParts.Contains(part));
            if (counts.ContainsKey(part) && comes.Count + goes.Count > 0)
            {
                _changes.Add(isThere
                    ? new IpsetChange(set, ipset, IpsetChangeKind.Edit, comes, goes)
                    : Absent(set, ipset, comes));
            }
        }

        return new SetState(set, old.Layout, counts);
    }

    /// <summary>A set that is new, or that was only read.</summary>
    private SetState Make(MatchSet set)
    {
        var layout = IpsetLayout.Of(set);
        var wanted = Cut(layout, set.Elements);
        foreach (var part in layout.LastingParts)
        {
            wanted.TryAdd(part, []);
        }

        foreach (var (part, entries) in wanted)
        {
            if (layout.Define(part) is not { } ipset)
            {
                continue;
            }

            if (!_actual.Others.TryGetValue(ipset.Name, out var found) || found.IsStrange || found.Definition != ipset)
            {
                _changes.Add(Absent(set, ipset, entries));
                continue;
            }

            var comes = entries.Except(found.Entries).ToList();
            var goes = found.Entries.Except(entries).ToList();
            if (comes.Count + goes.Count > 0)
            {
                _changes.Add(new IpsetChange(set, ipset, IpsetChangeKind.Edit, comes, goes));
            }
        }

        return new SetState(set, layout, wanted.ToDictionary(part => part.Key, part => Math.Max(part.Value.Count, 0)));
    }

    private IpsetChange Absent(MatchSet set, IpsetDefinition ipset, IReadOnlyCollection<IpsetEntry> entries)
    {
        var isTaken = _known.Contains(ipset.Name) || _actual.Others.ContainsKey(ipset.Name);
        return new IpsetChange(set, ipset, isTaken ? IpsetChangeKind.Replace : IpsetChangeKind.New, entries, []);
    }

    private static void Count(Dictionary<IpsetPart, int> counts, IpsetPart part, int count, bool lasts)
    {
        if (count > 0 || lasts)
        {
            counts[part] = count;
        }
        else
        {
            counts.Remove(part);
        }
    }

    private static Dictionary<IpsetPart, HashSet<IpsetEntry>> Cut(IpsetLayout layout, IEnumerable<SetElement> elements)
    {
        var parts = new Dictionary<IpsetPart, HashSet<IpsetEntry>>();
        foreach (var (part, entry) in elements.SelectMany(layout.Entries))
        {
            if (!parts.TryGetValue(part, out var entries))
            {
                parts.Add(part, entries = []);
            }

            if (entry is { } value)
            {
                entries.Add(value);
            }
        }

        return parts;
    }
}
