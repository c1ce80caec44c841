using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api;

/// <summary>Short words for walking documents whose shape was checked against a schema before.</summary>
internal static class JsonNodeExtensions
{
    /// <summary>The object at <paramref name="name"/>, made when it is missing or null.</summary>
    public static JsonObject Object(this JsonObject node, string name)
    {
        if (node[name] is JsonObject found)
        {
            return found;
        }

        var made = new JsonObject();
        node[name] = made;
        return made;
    }

    /// <summary>The value below nested objects, or null where a step is missing.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node is not JsonObject parent || !parent.TryGetPropertyValue(name, out node))
            {
                return null;
            }
        }

        return node;
    }

    /// <summary>The string below nested objects, or null where there is none.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The whole number below nested objects, or null where there is none.</summary>
    public static long? Integer(this JsonNode? node, params ReadOnlySpan<string> path) => AsInteger(node.At(path));

    public static long? AsInteger(this JsonNode? node)
    {
        if (node?.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        var value = node.AsValue();
        return value.TryGetValue<long>(out var number) ? number
            : value.TryGetValue<int>(out var small) ? small
            : value.TryGetValue<double>(out var real) && real == Math.Truncate(real) && Math.Abs(real) < long.MaxValue ? (long)real
            : null;
    }

    /// <summary>The objects of a list below nested objects; nothing where there is no list.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>The string pairs of a map such as metadata.labels.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject map
            ? map.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text() ?? ""))
            : [];

    public static JsonObject Clone(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>Equal as JSON, whatever the order of keys.</summary>
    public static bool Same(this JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);
}
