using System.Text;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <content>The difference in words, for whoever has to find out who changed our chains and sets.</content>
internal sealed partial class IptablesPlan
{
    /// <summary>Elements named of each set, and differences named in all; the rest is a number.</summary>
    private const int NamedElements = 3, NamedDifferences = 12;

    /// <summary>What the kernel holds otherwise than wanted, in a line: "IPv4 filter: chain RT-to-pod has other rules; ipset RT-sources4
    /// lacks 1 element (10.1.0.7,rt0123456789ab)".</summary>
    public string Describe()
    {
        var differences = Differences().ToList();
        return string.Join("; ", differences.Take(NamedDifferences))
            + (differences.Count > NamedDifferences ? $"; and {differences.Count - NamedDifferences} more" : "");
    }

    /// <summary>Likewise, one by one.</summary>
    public IEnumerable<string> Differences() =>
    [
        .. _tableDifferences,
        .. _sets.Changes.SelectMany(change => change.Kind switch
        {
            IpsetChangeKind.New => [$"ipset {change.Ipset.Name} is gone"],
            IpsetChangeKind.Replace => [$"ipset {change.Ipset.Name} is defined otherwise, or has elements that are none of ours"],
            _ => Elements(change),
        }),
        .. _sets.Gone.Select(name => $"ipset {name} is not ours"),
    ];

    /// <summary>The ruleset's sets, by the names of the ipsets that they lie in.</summary>
    public IReadOnlyDictionary<string, MatchSet> SetsOfIpsets() => _sets.States.Values
        .SelectMany(state => state.Ipsets, (state, ipset) => (ipset.Ipset.Name, state.Set))
        .ToDictionary(one => one.Name, one => one.Set, StringComparer.Ordinal);

    private static IEnumerable<string> Elements(IpsetChange change) =>
        from side in new[] { ("lacks", change.Added), ("has foreign", change.Removed) }
        let elements = side.Item2
        where elements.Count > 0
        let more = elements.Count > NamedElements ? ", ..." : ""
        select $"ipset {change.Ipset.Name} {side.Item1} {elements.Count} element{(elements.Count == 1 ? "" : "s")} "
            + $"({string.Join(", ", elements.Take(NamedElements).Select(entry => TextOf(entry, change.Ipset)))}{more})";

    private static string TextOf(IpsetEntry entry, IpsetDefinition set)
    {
        var text = new StringBuilder();
        entry.Write(text, set);
        return text.ToString();
    }
}
