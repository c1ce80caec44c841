using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>The identity of an element in a list of type map or set.</summary>
internal static class ListKey
{
    /// <summary>The key fields as an object (defaults included, as port protocols need), or the scalar itself.</summary>
    public static JsonNode? Of(JsonNode? element, FieldSchema list)
    {
        if (list.ListKeys.Count == 0 || element is not JsonObject map)
        {
            return element?.DeepClone();
        }

        var key = new JsonObject();
        foreach (var name in list.ListKeys.Order(StringComparer.Ordinal))
        {
            var value = map[name] ?? (list.Items?.Field(name)?.Default ?? (name == "protocol" ? "TCP" : null));
            if (value is not null)
            {
                key[name] = value.DeepClone();
            }
        }

        return key;
    }

    public static bool Same(JsonNode? left, JsonNode? right, FieldSchema list) => Of(left, list).Same(Of(right, list));
}
