using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>Keeps metadata.managedFields: who set which field last.</summary>
internal static class ManagedFields
{
    // Never owned: they identify the object, or the server sets them.
    private static readonly string[] Unowned =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "selfLink", "managedFields",
    ];

    public static List<ManagedEntry> Of(JsonNode? document) =>
        [.. document.Objects("metadata", "managedFields").Select(ManagedEntry.FromJson)];

    /// <summary>What may be owned of a document.</summary>
    /// <param name="document">Not changed.</param>
    /// <param name="onlyStatus">True in the status subresource, false in the main one of a kind that has it, null where there
    /// is no such division.</param>
    public static JsonObject Ownable(JsonObject document, bool? onlyStatus)
    {
        var rest = document.Clone();
        rest.Remove("apiVersion");
        rest.Remove("kind");
        foreach (var name in Unowned)
        {
            (rest["metadata"] as JsonObject)?.Remove(name);
        }

        foreach (var name in rest.Select(pair => pair.Key).ToArray())
        {
            // metadata, spec and status are structs in Go: there even when nobody set them, so nobody owns them as such.
            if (rest[name] is JsonObject { Count: 0 }
                || (onlyStatus == true && name is not ("status" or "metadata")) || (onlyStatus == false && name == "status"))
            {
                rest.Remove(name);
            }
        }

        return rest;
    }

    /// <summary>Records an update: what it changed is now its writer's, and nobody owns what it removed.</summary>
    /// <param name="document">The new object; its managedFields are replaced.</param>
    /// <param name="old">The stored one, or null for a create.</param>
    /// <param name="writer">Who writes; its fields are ignored.</param>
    /// <param name="schema">Of the whole object.</param>
    /// <param name="onlyStatus">See <see cref="Ownable"/>.</param>
    public static void RecordUpdate(
        JsonObject document, JsonObject? old, ManagedEntry writer, FieldSchema schema, bool? onlyStatus)
    {
        var after = Ownable(document, onlyStatus);
        var before = old is null ? null : Ownable(old, onlyStatus);
        var changed = FieldSetBuilder.Changed(before ?? [], after, schema);
        var removed = FieldSetBuilder.Removed(before, after, schema);
        var entries = new List<ManagedEntry>();
        var mine = FieldSet.Empty;
        foreach (var entry in Of(old))
        {
            if (entry.IsSameManager(writer))
            {
                mine = entry.Fields;
            }
            else
            {
                entries.Add(entry with { Fields = entry.Fields.Except(removed).Except(changed) });
            }
        }

        entries.Add(writer with { Fields = mine.Except(removed).Union(changed) });
        Write(document, entries);
    }

    /// <summary>Puts the entries into the object, in the real server's order, without those that own nothing.</summary>
    public static void Write(JsonObject document, IEnumerable<ManagedEntry> entries)
    {
        var sorted = entries.Where(entry => !entry.Fields.IsEmpty)
            .OrderBy(entry => entry.Operation, StringComparer.Ordinal)
            .ThenBy(entry => entry.Time, StringComparer.Ordinal)
            .ThenBy(entry => entry.Manager, StringComparer.Ordinal)
            .Select(entry => (JsonNode?)entry.ToJson())
            .ToArray();
        var metadata = document.Object("metadata");
        if (sorted.Length == 0)
        {
            metadata.Remove("managedFields");
        }
        else
        {
            metadata["managedFields"] = new JsonArray(sorted);
        }
    }
}
