using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <content>The difference in words, for whoever has to find out who changed our table.</content>
internal sealed partial class RulesetPlan
{
    /// <summary>Elements named of each set or map, and objects named in all; the rest is a number.</summary>
    private const int NamedElements = 3, NamedObjects = 12;

    /// <summary>What the kernel holds otherwise than wanted: "set sources4 lacks 1 element (rt0123456789ab . 10.1.0.7);
    /// chain odd is not ours".</summary>
    public string Describe()
    {
        if (_actual.Table == NftTableState.Missing)
        {
            return $"table inet {NftApplier.Table} is gone";
        }

        List<string> parts =
        [
            .. _actual.Table == NftTableState.Dormant ? [$"table inet {NftApplier.Table} is dormant"] : Array.Empty<string>(),
            .. Objects("chain", _newChains.Select(chain => chain.Name), _goneChains),
            .. Objects("set", _newSets.Select(set => set.Name), _goneSets.Where(name => !_desired.Maps.ContainsKey(name))),
            .. Objects("map", _newMaps.Select(map => map.Name), _goneSets.Where(_desired.Maps.ContainsKey)),
            .. _rewrittenChains.Select(chain => $"chain {chain.Name} has other rules"),
            .. _changedSets.SelectMany(changed => Elements(
                $"set {changed.Set.Name}", [.. changed.Added.Select(Text(changed.Set))], [.. changed.Removed.Select(Text(changed.Set))])),
            .. _changedMaps.SelectMany(changed => Elements($"map {changed.Map.Name}", changed.Added, changed.Removed)),
        ];
        return string.Join("; ", parts.Take(NamedObjects))
            + (parts.Count > NamedObjects ? $"; and {parts.Count - NamedObjects} more" : "");
    }

    private static IEnumerable<string> Objects(string kind, IEnumerable<string> missing, IEnumerable<string> foreign)
    {
        var (wanted, found) = (missing.ToHashSet(StringComparer.Ordinal), foreign.ToHashSet(StringComparer.Ordinal));
        return wanted.Where(name => !found.Contains(name)).Select(name => $"{kind} {name} is gone")
            .Concat(wanted.Where(found.Contains).Select(name => $"{kind} {name} is defined otherwise"))
            .Concat(found.Where(name => !wanted.Contains(name)).Select(name => $"{kind} {name} is not ours"));
    }

    private static IEnumerable<string> Elements(string what, IReadOnlyList<string> missing, IReadOnlyList<string> foreign) =>
        from side in new[] { ("lacks", missing), ("has foreign", foreign) }
        let elements = side.Item2
        where elements.Count > 0
        let more = elements.Count > NamedElements ? ", ..." : ""
        select $"{what} {side.Item1} {elements.Count} element{(elements.Count == 1 ? "" : "s")} "
            + $"({string.Join(", ", elements.Take(NamedElements))}{more})";

    private static Func<SetElement, string> Text(MatchSet set) => element => SetWords.Of(set, element);
}
