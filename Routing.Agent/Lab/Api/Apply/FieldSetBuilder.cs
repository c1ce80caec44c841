using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>Finds field sets in documents (structured-merge-diff's typed values, as far as managedFields shows them).</summary>
internal static class FieldSetBuilder
{
    /// <summary>What a configuration that is applied names: its leaves, and the list elements it has.</summary>
    public static FieldSet Applied(JsonNode? value, FieldSchema schema)
    {
        switch (Shape(value, schema))
        {
            case FieldShape.Map when value is JsonObject { Count: > 0 } map:
                return FieldSet.Node(false, map.Where(pair => pair.Value is not null).Select(pair =>
                    KeyValuePair.Create("f:" + pair.Key, Applied(pair.Value, Below(schema, pair.Key)))));
            case FieldShape.KeyedList when value is JsonArray { Count: > 0 } list:
                return FieldSet.Node(false, list.Select(element => KeyValuePair.Create(
                    KeyStep(element, schema), FieldSet.Leaf.Union(Applied(element, schema.Items!)))));
            case FieldShape.Set when value is JsonArray { Count: > 0 } set:
                return FieldSet.Node(false, set.Select(element => KeyValuePair.Create(ValueStep(element), FieldSet.Leaf)));
            default:
                return FieldSet.Leaf;
        }
    }

    /// <summary>What is new or different in <paramref name="now"/>. Where a map or a merged list appears as a whole, it is a member
    /// itself, which a struct is not.</summary>
    public static FieldSet Changed(JsonNode? before, JsonNode? now, FieldSchema schema)
    {
        if (before.Same(now) || now is null)
        {
            return FieldSet.Empty;
        }

        var shape = Shape(now, schema);
        switch (shape)
        {
            case FieldShape.Map when now is JsonObject map && before is JsonObject or null:
                var self = map.Count == 0 || (before is null && schema.Properties.Count == 0);
                return FieldSet.Node(self, map.Select(pair => KeyValuePair.Create(
                    "f:" + pair.Key, Changed(before.At(pair.Key), pair.Value, Below(schema, pair.Key)))));
            case FieldShape.KeyedList when now is JsonArray list && before is JsonArray or null:
                return FieldSet.Node(before is null, list.Select(element => KeyValuePair.Create(
                    KeyStep(element, schema), ChangedElement(before as JsonArray, element, schema))));
            case FieldShape.Set when now is JsonArray set && before is JsonArray or null:
                return FieldSet.Node(before is null, set
                    .Where(element => before is not JsonArray old || !old.Any(had => had.Same(element)))
                    .Select(element => KeyValuePair.Create(ValueStep(element), FieldSet.Leaf)));
            default:
                return FieldSet.Leaf;
        }
    }

    /// <summary>What <paramref name="before"/> had and <paramref name="now"/> has not, with everything below.</summary>
    public static FieldSet Removed(JsonNode? before, JsonNode? now, FieldSchema schema)
    {
        if (now is null)
        {
            return before is null ? FieldSet.Empty : FieldSet.Leaf.Union(Changed(null, before, schema));
        }

        switch (Shape(before, schema))
        {
            case FieldShape.Map when before is JsonObject map && now is JsonObject:
                return FieldSet.Node(false, map.Select(pair => KeyValuePair.Create(
                    "f:" + pair.Key, Removed(pair.Value, now.At(pair.Key), Below(schema, pair.Key)))));
            case FieldShape.KeyedList when before is JsonArray list && now is JsonArray other:
                return FieldSet.Node(false, list.Select(element => KeyValuePair.Create(
                    KeyStep(element, schema), Removed(element, Find(other, element, schema), schema.Items!))));
            case FieldShape.Set when before is JsonArray set && now is JsonArray other:
                return FieldSet.Node(false, set.Where(element => !other.Any(has => has.Same(element)))
                    .Select(element => KeyValuePair.Create(ValueStep(element), FieldSet.Leaf)));
            default:
                return FieldSet.Empty;
        }
    }

    /// <summary>The step of a list element: its key fields as compact JSON with sorted names.</summary>
    public static string KeyStep(JsonNode? element, FieldSchema list) =>
        "k:" + Encoding.UTF8.GetString(JsonText.Compact(ListKey.Of(element, list) ?? new JsonObject()));

    public static string ValueStep(JsonNode? element) =>
        "v:" + (element is null ? "null" : Encoding.UTF8.GetString(JsonText.Compact(element)));

    /// <summary>How a value merges: field by field, element by element, or only as a whole.</summary>
    public static FieldShape Shape(JsonNode? value, FieldSchema schema) => value switch
    {
        JsonObject when !schema.Atomic && schema.Type is FieldType.Object or FieldType.Any => FieldShape.Map,
        JsonArray when schema.ListKeys.Count > 0 => FieldShape.KeyedList,
        JsonArray when schema.IsSet => FieldShape.Set,
        _ => FieldShape.Whole,
    };

    public static FieldSchema Below(FieldSchema schema, string name) => schema.Field(name) ?? FieldSchema.Anything;

    public static JsonNode? Find(JsonArray list, JsonNode? element, FieldSchema schema) =>
        list.FirstOrDefault(other => ListKey.Same(other, element, schema));

    private static FieldSet ChangedElement(JsonArray? before, JsonNode? element, FieldSchema schema)
    {
        var old = before is null ? null : Find(before, element, schema);
        var below = Changed(old, element, schema.Items!);
        return old is null ? FieldSet.Leaf.Union(below) : below;
    }
}
