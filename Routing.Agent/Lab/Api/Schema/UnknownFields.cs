using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>Removes what a schema does not know, as decoding into a Go type or pruning a custom resource does.</summary>
internal static class UnknownFields
{
    /// <summary>Prunes <paramref name="document"/> in place.</summary>
    /// <returns>Paths of what was removed, as in spec.ingress[0].portz.</returns>
    public static List<string> Prune(JsonObject document, FieldSchema schema)
    {
        var removed = new List<string>();
        Walk(document, schema, "", removed);
        return removed;
    }

    private static void Walk(JsonNode? node, FieldSchema schema, string path, List<string> removed)
    {
        if (node is JsonArray array && schema.Items is { } element)
        {
            for (var i = 0; i < array.Count; i++)
            {
                Walk(array[i], element, $"{path}[{i}]", removed);
            }
        }
        else if (node is JsonObject map && schema.Type == FieldType.Object)
        {
            foreach (var (name, value) in map.ToArray())
            {
                var below = path.Length == 0 ? name : $"{path}.{name}";
                if (schema.Field(name) is { } field)
                {
                    Walk(value, field, below, removed);
                }
                else
                {
                    map.Remove(name);
                    removed.Add(below);
                }
            }
        }
    }
}
