using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.Manifests;
using Routing.Policy.Analysis;
using Routing.Policy.Model;

namespace Routing.Agent.Cli.Policies;

/// <summary>Gained and lost flows, by policy and workload.</summary>
internal sealed class DiffWriter(
    PortSpace ports, ImmutableArray<FlowChange> changes, ClusterSources before, ClusterSources after, Func<PolicyKey, bool> isThere)
{
    private const int NamesShown = 4;

    /// <summary>For people: what policies cause together stands together, and senders that fare alike in one line.</summary>
    public string Text()
    {
        using var text = new StringWriter { NewLine = "\n" };
        foreach (var cause in changes.GroupBy(change => string.Join(", ", change.Causes.Select(Title))))
        {
            text.WriteLine(cause.Key.Length == 0 ? "labels or addresses" : cause.Key);
            var rows = cause
                .GroupBy(change => (change.IsGained, change.From, What: What(change)))
                .Select(same => (same.Key, To: same.Select(change => EndOf(change.To, change)).Distinct().ToList(), Changes: same.ToList()))
                .GroupBy(row => (row.Key.IsGained, row.Key.What, To: string.Join(", ", row.To)));
            foreach (var row in rows)
            {
                var all = row.SelectMany(one => one.Changes).ToList();
                var from = row.SelectMany(one => one.Changes.Select(change => EndOf(change.From, change))).Distinct().ToList();
                var mark = row.Key.IsGained ? "+ gained" : "- lost  ";
                text.WriteLine($"  {mark}  {Names(from)} -> {Names(row.First().To)}: {row.Key.What}{Share(all)}");
            }
        }

        var (gained, lost) = (changes.Count(change => change.IsGained), changes.Count(change => !change.IsGained));
        text.WriteLine(changes.IsEmpty ? "no flow is gained or lost" : $"{gained} gained, {lost} lost, between workloads");
        return text.ToString();
    }

    /// <summary>For programs: an entry for each pair of workloads.</summary>
    public string Json() => JsonText.Format(new JsonObject
    {
        ["changes"] = new JsonArray([.. changes.Select(change => new JsonObject
        {
            ["change"] = change.IsGained ? "gained" : "lost",
            ["from"] = change.From,
            ["to"] = change.To,
            ["addresses"] = change.World.IsEmpty ? null
                : new JsonArray([.. change.World.SelectMany(AddressText.Blocks).Select(block => JsonValue.Create($"{block}"))]),
            ["ports"] = new JsonArray([.. ports.Parts(change.Ports).Select(part => JsonValue.Create(part))]),
            ["families"] = new JsonArray(
                [.. change.Families.Select(family => JsonValue.Create(family == Policy.Rules.IpFamily.V4 ? "IPv4" : "IPv6"))]),
            ["pairs"] = change.Pairs,
            ["of"] = change.Of,
            ["policies"] = new JsonArray([.. change.Causes.Select(policy => Cause(policy))]),
        })]),
        ["gained"] = changes.Count(change => change.IsGained),
        ["lost"] = changes.Count(change => !change.IsGained),
    }) + "\n";

    private JsonObject Cause(PolicyKey policy)
    {
        var json = new JsonObject { ["kind"] = $"{policy.Kind}", ["policy"] = ExplanationJson.NameOf(policy) };
        if ((after.Find(policy) ?? before.Find(policy)) is { IsLive: false } source)
        {
            (json["file"], json["line"]) = (source.File, source.Line);
        }

        return json;
    }

    private string Title(PolicyKey policy)
    {
        var place = isThere(policy) ? after.PlaceOf(policy, null) : "removed";
        return place.Length == 0 ? $"{policy}" : $"{policy} ({place})";
    }

    private string What(FlowChange change) => ports.Describe(change.Ports) + (change.Families.Length == 1 && change.World.IsEmpty
        ? change.Families[0] == Policy.Rules.IpFamily.V4 ? ", IPv4" : ", IPv6" : "");

    private static string EndOf(string name, FlowChange change) =>
        name == FlowMatrix.World ? $"world {AddressText.Of(change.World)}" : name;

    private static string Share(List<FlowChange> all)
    {
        var (pairs, of) = (all.Sum(change => change.Pairs), all.Sum(change => change.Of));
        return pairs >= of ? "" : $" ({pairs} of {of} pairs)";
    }

    private static string Names(List<string> names) => names.Count <= NamesShown ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown - 1))} and {names.Count - NamesShown + 1} more";
}
