using Routing.Agent.Manifests;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Rpki;

namespace Routing.Agent.BgpConfig.Checks;

/// <summary>What is suspicious about filters.</summary>
internal static class FilterChecks
{
    private static readonly string[] Lists = ["importV4", "importV6", "exportV4", "exportV6"];

    private static readonly (string List, string Word)[] Sets =
        [("prefixSets", "prefixSet"), ("communitySets", "sets"), ("asPathSets", "sets")];

    /// <summary>Finds it.</summary>
    public static IEnumerable<ManifestError> Find(SpeakerObjects objects)
    {
        foreach (var manifest in objects.OfKind(BgpKinds.Filter))
        {
            var filter = objects.Filters[manifest.Name];
            var users = objects.UsersOf(filter.Name).ToList();
            foreach (var list in Lists)
            {
                List<RouteRule> rules = [.. filter.Import.Rules.Concat(filter.Export.Rules).Where(rule => rule.Place!.List == list)];
                foreach (var warning in Unreachable(manifest, rules).Concat(rules.SelectMany(rule => Rule(objects, manifest, users, rule))))
                {
                    yield return warning;
                }
            }

            foreach (var warning in UnusedSets(manifest))
            {
                yield return warning;
            }
        }
    }

    private static IEnumerable<ManifestError> Unreachable(Manifest manifest, List<RouteRule> rules)
    {
        var last = rules.FindIndex(rule => rule.Match == RouteMatch.Any && rule.Action != RuleAction.Next);
        if (last >= 0 && last < rules.Count - 1)
        {
            yield return manifest.WarnAt(
                FieldOf(rules[last + 1]), $"no route comes here: {rules[last].Place!.List}[{last}] decides about every one");
        }
    }

    private static IEnumerable<ManifestError> Rule(
        SpeakerObjects objects, Manifest manifest, List<BgpPeer> users, RouteRule rule)
    {
        var (field, match) = (FieldOf(rule), rule.Match);
        var isExport = rule.Place!.List.StartsWith("export", StringComparison.Ordinal);
        if (!isExport && match.Source == RouteSource.Local)
        {
            yield return manifest.WarnAt($"{field}.source", "a rule for imports that can match nothing: no peer sends our own routes");
        }

        if (match.PeerKind is { } kind && users.Count > 0
            && users.TrueForAll(peer => objects.IsExternal(peer) != (kind == PeerKind.External)))
        {
            yield return manifest.WarnAt($"{field}.peerType", "a rule that can match nothing: no neighbour with this filter is of the kind");
        }

        if (isExport && rule.Operations.Any(operation => operation is RouteOperation.SetLocalPref or RouteOperation.AddLocalPref)
            && users.Count > 0 && users.TrueForAll(objects.IsExternal))
        {
            yield return manifest.WarnAt(
                $"{field}.operations", "a local preference that nobody is told: it does not leave the AS (RFC 4271 §5.1.5)");
        }

        if (isExport && rule.Operations.Any(operation => operation is RouteOperation.SetWeight or RouteOperation.SetPriority))
        {
            yield return manifest.WarnAt($"{field}.operations", "setWeight and setPriority count for routes that come in; nobody is told them");
        }

        if (!match.OriginValidation.IsEmpty && objects.Configuration.Rpki == new RpkiOptions())
        {
            yield return manifest.WarnAt(
                $"{field}.originValidation", $"every route is NotFound: the {BgpKinds.Configuration} names no caches in rpki");
        }

        if (rule.Action == RuleAction.Next && rule.Operations.IsEmpty)
        {
            yield return manifest.WarnAt($"{field}.action", "Next without operations: the rule changes nothing and decides nothing");
        }
    }

    private static IEnumerable<ManifestError> UnusedSets(Manifest manifest)
    {
        var text = string.Join('\n', Lists.Select(list => manifest.Json["spec"]?[list]?.ToJsonString()));
        foreach (var (list, word) in Sets)
        {
            var sets = manifest.Json["spec"]?[list]?.AsArray() ?? [];
            for (var i = 0; i < sets.Count; i++)
            {
                var name = sets[i]!["name"]!.ToString();
                if (!text.Contains($"\"{name}\"", StringComparison.Ordinal))
                {
                    yield return manifest.WarnAt($"spec.{list}[{i}].name", $"no rule names {name} in {word}");
                }
            }
        }
    }

    private static string FieldOf(RouteRule rule) => $"spec.{rule.Place!.List}[{rule.Place.Index}]";
}
