using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>Merges an applied configuration into the live object: what it names is set, what its manager named before and names no
/// more is removed unless somebody else owns it too, and everything else stays.</summary>
internal static class ServerSideApply
{
    /// <param name="live">The stored object, or null.</param>
    /// <param name="configuration">The whole intent of this manager.</param>
    /// <param name="writer">Who applies.</param>
    /// <param name="schema">Of the whole object.</param>
    /// <param name="force">Takes over fields that others own with another value.</param>
    /// <param name="onlyStatus">See <see cref="ManagedFields.Ownable"/>.</param>
    /// <returns>The merged object, its managedFields set.</returns>
    /// <exception cref="ApiException">409: others own fields with other values.</exception>
    public static JsonObject Apply(
        JsonObject? live, JsonObject configuration, ManagedEntry writer, FieldSchema schema, bool force, bool? onlyStatus)
    {
        var wanted = ManagedFields.Ownable(configuration, onlyStatus);
        var applied = FieldSetBuilder.Applied(wanted, schema);
        var entries = ManagedFields.Of(live);
        var others = entries.Where(entry => !entry.IsSameManager(writer)).ToArray();
        var taken = new List<ManagedEntry>();
        var conflicts = new List<(ManagedEntry Owner, IReadOnlyList<string> Path)>();
        foreach (var other in others)
        {
            var differing = FieldSet.Empty;
            foreach (var path in other.Fields.Intersect(applied).Paths())
            {
                // A map or an element that both have is no conflict; what is inside may be.
                var (value, at) = FieldPath.Find(wanted, path, schema);
                if (FieldSetBuilder.Shape(value, at) == FieldShape.Whole
                    && !FieldPath.Find(live, path, schema).Node.Same(value))
                {
                    conflicts.Add((other, path));
                    differing = differing.Union(FieldPath.ToSet(path));
                }
            }

            taken.Add(other with { Fields = other.Fields.Except(differing) });
        }

        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts);
        }

        var merged = (JsonObject)Merge(live, wanted, schema)!;
        var mine = entries.FirstOrDefault(entry => entry.IsSameManager(writer))?.Fields ?? FieldSet.Empty;
        var abandoned = others.Aggregate(mine.Except(applied), (rest, other) => rest.Except(other.Fields));
        // Outer paths first: a list element loses its keys, by which it is found, with the rest. An outer path stays where
        // somebody else owns something below it.
        foreach (var path in abandoned.Paths().Where(path => !others.Any(other => other.Fields.OwnsBelow(path))))
        {
            FieldPath.Remove(merged, path, schema);
        }

        merged["apiVersion"] = configuration["apiVersion"]?.DeepClone();
        merged["kind"] = configuration["kind"]?.DeepClone();
        ManagedFields.Write(merged, [.. taken, writer with { Fields = applied }]);
        return merged;
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? wanted, FieldSchema schema)
    {
        switch (FieldSetBuilder.Shape(wanted, schema))
        {
            case FieldShape.Map when live is JsonObject old:
                var map = old.Clone();
                foreach (var (name, value) in (JsonObject)wanted!)
                {
                    if (value is not null)
                    {
                        map[name] = Merge(old[name], value, FieldSetBuilder.Below(schema, name));
                    }
                }

                return map;
            case FieldShape.KeyedList when live is JsonArray old:
                return MergeList(old, (JsonArray)wanted!, schema);
            case FieldShape.Set when live is JsonArray old:
                var union = (JsonArray)old.DeepClone();
                foreach (var value in ((JsonArray)wanted!).Where(value => !old.Any(had => had.Same(value))))
                {
                    union.Add(value?.DeepClone());
                }

                return union;
            default:
                return wanted?.DeepClone();
        }
    }

    private static JsonArray MergeList(JsonArray old, JsonArray wanted, FieldSchema schema)
    {
        var merged = old.Select(element => FieldSetBuilder.Find(wanted, element, schema) is { } match
            ? Merge(element, match, schema.Items!)
            : element?.DeepClone());
        var added = wanted.Where(element => FieldSetBuilder.Find(old, element, schema) is null).Select(element => element?.DeepClone());
        return [.. merged, .. added];
    }

    private static ApiException Conflict(List<(ManagedEntry Owner, IReadOnlyList<string> Path)> conflicts)
    {
        var noun = conflicts.Count == 1 ? "conflict" : "conflicts";
        var texts = conflicts.Select(conflict =>
            $"conflict with \"{conflict.Owner.Manager}\" using {conflict.Owner.ApiVersion}: {FieldPath.Text(conflict.Path)}").ToArray();
        var list = texts.Length == 1 ? " " + texts[0] : "s:\n- " + string.Join("\n- ", texts);
        var message = texts.Length == 1
            ? $"Apply failed with 1 {noun}:{list}"
            : $"Apply failed with {texts.Length} conflict{list}";
        var causes = conflicts.Select(conflict => (JsonNode?)new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with \"{conflict.Owner.Manager}\" using {conflict.Owner.ApiVersion}",
            ["field"] = FieldPath.Text(conflict.Path),
        });
        return new ApiException(409, "Conflict", message, new JsonObject { ["causes"] = new JsonArray([.. causes]) });
    }
}
